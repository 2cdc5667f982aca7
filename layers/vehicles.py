"""Vehicles of the city's own services: patrol cars, ambulances, fire engines, repair vans. Values only.

Where one is now, and where it has been, is a series of fixes (``layers.tracks``); the record says what it is.
"""

from typing import Annotated, Literal, get_args

from pydantic import Field

from layers.record import Record

VehicleType = Literal["patrol", "fire", "ambulance", "repair", "other"]
Duty = Literal["free", "busy", "off-duty"]
"""Free: can be sent somewhere. Busy: on its way, or at work. Off duty: nobody is in it."""
VEHICLE_TYPES: tuple[VehicleType, ...] = get_args(VehicleType)
DUTIES: tuple[Duty, ...] = get_args(Duty)


class Vehicle(Record):
    """A vehicle; its place is its station, and ``area`` is that of the station.

    Attributes
    ----------
    type : what it is for
    plate, call_sign, phone : by which it is known and reached
    unit : id of the unit that it belongs to, or ""
    duty : whether it can be sent somewhere
    incident : id of the incident that it was sent to, or ""
    seats : how many people it takes; None = not known
    """

    kind: Literal["vehicle"] = "vehicle"
    name: str = Field(min_length=1, max_length=200)
    name_en: str = Field(default="", max_length=200)
    type: VehicleType = "other"
    plate: str = Field(default="", max_length=20)
    call_sign: str = Field(default="", max_length=40)
    phone: str = Field(default="", max_length=40)
    unit: str = Field(default="", max_length=128)
    duty: Duty = "free"
    incident: str = Field(default="", max_length=128)
    seats: Annotated[int, Field(ge=1, le=200)] | None = None
    remarks: str = Field(default="", max_length=2_000)
    district: str = ""
    street: str = ""
    community: str = ""
