"""A customer's contracts in plain sentences, for the customer's eyes, in the customer's language."""

from connector.report.contract.agreement import contract_text

__all__ = ["contract_text"]
