# SPDX-License-Identifier: Apache-2.0
"""What went wrong in a PKCS#11 module, in the words of this program; no module's error leaves the token process."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from pkcs11 import exceptions as p11

from console.domain.errors import ConsoleError, Refused, Unavailable

# ykcs11 and p11-kit answer DeviceError for a token that was pulled out, OpenSC DeviceRemoved.
CODES: Mapping[str, tuple[type[p11.PKCS11Error], ...]] = MappingProxyType(
    {
        "token_absent": (p11.NoSuchToken, p11.TokenNotPresent, p11.SlotIDInvalid),
        "token_removed": (p11.DeviceRemoved, p11.DeviceError, p11.SessionClosed, p11.SessionHandleInvalid),
        "pin_wrong": (p11.PinIncorrect,),
        "pin_locked": (p11.PinLocked,),
        "pin_format": (p11.PinLenRange, p11.PinInvalid, p11.PinTooWeak),
        "not_permitted": (
            p11.PinExpired,
            p11.UserPinNotInitialized,
            p11.UserNotLoggedIn,
            p11.AnotherUserAlreadyLoggedIn,
            p11.SessionReadOnly,
            p11.TokenWriteProtected,
            p11.FunctionRejected,
            p11.FunctionCancelled,
            p11.AttributeReadOnly,
            p11.AttributeSensitive,
            p11.KeyUnextractable,
            p11.KeyNotWrappable,
        ),
        "key_gone": (p11.NoSuchKey, p11.KeyHandleInvalid),
        "unsupported": (
            p11.MechanismInvalid,
            p11.MechanismParamInvalid,
            p11.FunctionNotSupported,
            p11.KeyTypeInconsistent,
            p11.KeySizeRange,
            p11.TemplateInconsistent,
            p11.TemplateIncomplete,
            p11.AttributeTypeInvalid,
            p11.AttributeValueInvalid,
            p11.DomainParamsInvalid,
            p11.PublicKeyInvalid,
            p11.DataInvalid,
            p11.DataLenRange,
            p11.KeyIndigestible,
            p11.KeyNeeded,
            p11.KeyNotNeeded,
            p11.RandomNoRNG,
            p11.RandomSeedNotSupported,
            p11.UserTooManyTypes,
            p11.EncryptedDataInvalid,
            p11.EncryptedDataLenRange,
            p11.WrappedKeyInvalid,
            p11.WrappedKeyLenRange,
            p11.WrappingKeyHandleInvalid,
            p11.WrappingKeySizeRange,
            p11.WrappingKeyTypeInconsistent,
            p11.UnwrappingKeyHandleInvalid,
            p11.UnwrappingKeySizeRange,
            p11.UnwrappingKeyTypeInconsistent,
        ),
        "token_broken": (
            p11.PKCS11Error,
            p11.ArgumentsBad,
            p11.DeviceMemory,
            p11.ExceededMaxIterations,
            p11.FunctionFailed,
            p11.GeneralError,
            p11.HostMemory,
            p11.MultipleObjectsReturned,
            p11.MultipleTokensReturned,
            p11.NoEvent,
            p11.ObjectHandleInvalid,
            p11.OperationActive,
            p11.OperationNotInitialized,
            p11.SessionCount,
            p11.SessionExists,
            p11.SessionReadOnlyExists,
            p11.SessionReadWriteSOExists,
            p11.SignatureLenRange,
            p11.SignatureInvalid,
            p11.TokenNotRecognised,
            p11.UserAlreadyLoggedIn,
        ),
    }
)
_CODE_OF = {kind: code for code, kinds in CODES.items() for kind in kinds}
_DEVICE_CODES = frozenset({"token_absent", "token_removed", "token_broken"})


@contextmanager
def in_our_words() -> Iterator[None]:
    """Turn what the module raises inside into our errors."""
    try:
        yield
    except p11.PKCS11Error as error:
        raise translated(error) from error


def translated(error: p11.PKCS11Error) -> ConsoleError:
    """Return what a module's error means; an unknown one means a broken token."""
    code = _CODE_OF.get(type(error), "token_broken")
    family = Unavailable if code in _DEVICE_CODES else Refused
    return family(code, module_error=type(error).__name__)
