"""Who is asking: Telegram init data in, short access tokens out."""

from webapp.auth.init_data import InitData, InitDataInvalid, verify_init_data
from webapp.auth.tokens import AccessTokens, Visitor

__all__ = ["AccessTokens", "InitData", "InitDataInvalid", "Visitor", "verify_init_data"]
