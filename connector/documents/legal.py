"""Legal sentences: what the law asks an invoice to say of a tax category, if the house says nothing itself.

Sources: Council Directive 2006/112/EC, Article 226(11) (exempt: the provision, or any other reference to the
exemption), 226(11a) ("Reverse charge", in these words), 138(1) (intra-community supply), 146(1) (export).
German Umsatzsteuergesetz: sections 14(4) sentence 1 no. 8 and 14a(5) (what an invoice says), 13b (who owes
the tax), 4 no. 1 a with 6 (export), 4 no. 1 b with 6a (intra-community supply).
"""

from collections.abc import Iterable
from dataclasses import replace

from connector.model.invoice import TaxTotal

_SENTENCES = {
    "en": {
        "exempt": "Exempt from VAT (Article 226(11) of Directive 2006/112/EC)",
        "reverse-charge": "Reverse charge: the recipient is liable for the VAT "
        "(Article 226(11a) of Directive 2006/112/EC)",
        "intra-community": "VAT-exempt intra-community supply (Article 138(1) of Directive 2006/112/EC)",
        "export": "VAT-exempt export (Article 146(1) of Directive 2006/112/EC)",
    },
    "de": {
        "exempt": "Steuerfrei: für diese Leistung gilt eine Steuerbefreiung (§ 14 Abs. 4 Satz 1 Nr. 8 UStG)",
        "reverse-charge": "Steuerschuldnerschaft des Leistungsempfängers (§ 13b, § 14a Abs. 5 UStG)",
        "intra-community": "Steuerfreie innergemeinschaftliche Lieferung (§ 4 Nr. 1 Buchst. b, § 6a UStG)",
        "export": "Steuerfreie Ausfuhrlieferung (§ 4 Nr. 1 Buchst. a, § 6 UStG)",
    },
}


def with_sentences(totals: Iterable[TaxTotal], language: str) -> tuple[TaxTotal, ...]:
    """Give each tax category the sentence that the law asks for; the words of the configuration go first."""
    sentences = _SENTENCES[language]
    return tuple(replace(one, text=one.text or sentences.get(one.category, "")) for one in totals)
