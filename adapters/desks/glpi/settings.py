"""What a house says about its GLPI: address, tokens, the zone of its dates, what a survey's score means."""

from typing import Self

from pydantic import Field, field_validator, model_validator

from connector.model.mapping import TimeRules
from connector.model.written import Slug, Text, Written


class Settings(Written):
    """The options of a GLPI desk; ``name`` and ``time`` come from configuration and mapping."""

    name: Slug
    url: Text = Field(description="the address without apirest.php, as https://glpi.example")
    secret: Text = Field(description="name of the secret that holds the user's API token")
    app_secret: Text | None = Field(default=None, description="name of the secret with the App-Token")
    survey_bad: int = Field(default=2, ge=0, le=10, description="a satisfaction up to this score is bad")
    survey_good: int = Field(default=4, ge=1, le=10, description="a satisfaction from this score on is good")
    time: TimeRules

    @field_validator("url")
    @classmethod
    def _without_script(cls, url: str) -> str:
        if "apirest.php" in url:
            raise ValueError(f"write the address without apirest.php: {url.partition('/apirest.php')[0]}")
        return url

    @model_validator(mode="after")
    def _time_and_scores_are_settled(self) -> Self:
        if self.time.timezone is None:
            raise ValueError(
                "GLPI's dates have no zone; add to the desk's mapping, under 'time':  timezone: UTC    "
                "# that of the API user's preferences (UTC is best there)"
            )
        if self.survey_good <= self.survey_bad:
            raise ValueError("survey_good must be above survey_bad; what lies between them is neither")
        return self
