"""The local carrier: Twilio, SendGrid and Meta as one process on this machine, with people behind them.

It speaks the providers' HTTP well enough for their official SDKs, keeps everything in memory, sends signed callbacks
and answers as people would. `python -m simulator` starts it; tests start their own with `create_carrier`.
"""

from simulator.app import create_carrier, serve
from simulator.config import CarrierConfig
from simulator.people.shares import Shares

__all__ = ["CarrierConfig", "Shares", "create_carrier", "serve"]
