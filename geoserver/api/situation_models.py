"""The answer about the situation as a whole."""

from pydantic import BaseModel, Field

from layers.incidents.model import Category


class Situation(BaseModel):
    """Figures of what the caller may see."""

    open: dict[Category, int] = Field(description="open incidents by category; those without any are left out")
    severity: dict[str, int] = Field(description="open incidents by severity, 1 to 4")
    overdue: int = Field(description="incidents past their deadline")
    supervised: int = Field(description="incidents past their deadline, or marked for attention and not closed")
    exercises: int = Field(description="open exercises, which are in none of the figures above")
    connected: int = Field(description="people with a live connection")
