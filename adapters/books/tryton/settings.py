"""What a house says of its Tryton: where it is, who logs in, which tax and account a line gets."""

from pydantic import Field

from connector.model.written import Flag, Slug, Text, Written


class Settings(Written):
    """The options of books with ``adapter: tryton``."""

    name: Slug = Field(description="the books' name in the configuration; set by the house")
    url: Text = Field(description="of the server, as https://tryton.example.com")
    database: Slug
    user: Text = Field(description="a login of its own, in the group Accounting")
    secret: Slug = Field(description="name of the secret that holds its password")
    company: Text | None = Field(default=None, description="name; needed if the login may use several")
    taxes: dict[Text, Text] = Field(
        description="our tax code: the tax's name in Tryton; 'DE-19 16%' for a code at a former rate"
    )
    revenue: dict[Text, Text] = Field(
        default_factory=dict,
        description="our tax code, or '*' for any: code or name of its account; left out: Tryton's default",
    )
    receivable: Text | None = Field(
        default=None, description="code or name; left out: the party's account, else Tryton's default"
    )
    journal: Text | None = Field(
        default=None, description="code or name; left out: the only journal of type revenue"
    )
    allow_future: Flag = Field(default=False, description="post documents that are dated after today")
