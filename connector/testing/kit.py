"""The conformance kit's two halves in one place: `DeskKit` for desks, `BooksKit` for books.

A test of a new adapter is a stage, which drives its simulated remote, and a class::

    class TestMyDesk(DeskKit):
        def stage(self) -> DeskStage:
            return MyStage()
"""

from connector.testing.books_kit import BooksKit
from connector.testing.books_stage import BooksStage
from connector.testing.desk_kit import DeskKit
from connector.testing.desk_stage import DeskStage, Facts

__all__ = ["BooksKit", "BooksStage", "DeskKit", "DeskStage", "Facts"]
