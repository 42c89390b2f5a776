# SPDX-License-Identifier: Apache-2.0
"""What python-pkcs11 0.10.1 does not offer: threads allowed, module arguments, wipeable PINs and values.

It initialises modules as "single-threaded" yet releases the interpreter lock; ``Token.open`` with a wrong PIN leaks
its session; results are bytes that cannot be wiped; a PIN for one signature is a text. Here the function list of
PKCS#11 v2.40 is called by ctypes, and python-pkcs11 then shares the module that is initialised already. The order of
fields is that of ``pkcs11f.h``.
"""

import ctypes
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pkcs11 import Attribute, Object, Session, exceptions
from pkcs11 import _pkcs11 as binding

SECURITY_OFFICER, USER, THIS_OPERATION = 0, 1, 2
CKF_OS_LOCKING_OK = 2
LABEL_BYTES = 32
MAX_OUTPUT_BYTES = 512  # of an RSA key with 4096 bits
MAX_OBJECTS = 256  # of one search; the others are not seen

_LONG, _POINTER = ctypes.c_ulong, ctypes.c_void_p
_FUNCTIONS = (
    "Initialize Finalize GetInfo GetFunctionList GetSlotList GetSlotInfo GetTokenInfo GetMechanismList "
    "GetMechanismInfo InitToken InitPIN SetPIN OpenSession CloseSession CloseAllSessions GetSessionInfo "
    "GetOperationState SetOperationState Login Logout CreateObject CopyObject DestroyObject GetObjectSize "
    "GetAttributeValue SetAttributeValue FindObjectsInit FindObjects FindObjectsFinal EncryptInit Encrypt "
    "EncryptUpdate EncryptFinal DecryptInit Decrypt DecryptUpdate DecryptFinal DigestInit Digest DigestUpdate "
    "DigestKey DigestFinal SignInit Sign"
).split()
_ARGUMENTS = {
    "Initialize": (_POINTER,),
    "Finalize": (_POINTER,),
    "InitToken": (_LONG, _POINTER, _LONG, _POINTER),
    "InitPIN": (_LONG, _POINTER, _LONG),
    "CloseAllSessions": (_LONG,),
    "CreateObject": (_LONG, _POINTER, _LONG, _POINTER),
    "Login": (_LONG, _LONG, _POINTER, _LONG),
    "GetAttributeValue": (_LONG, _LONG, _POINTER, _LONG),
    "FindObjectsInit": (_LONG, _POINTER, _LONG),
    "FindObjects": (_LONG, _POINTER, _LONG, _POINTER),
    "FindObjectsFinal": (_LONG,),
    "DecryptInit": (_LONG, _POINTER, _LONG),
    "Decrypt": (_LONG, _POINTER, _LONG, _POINTER, _POINTER),
    "SignInit": (_LONG, _POINTER, _LONG),
    "Sign": (_LONG, _POINTER, _LONG, _POINTER, _POINTER),
}

# The return values that these functions may give, as python-pkcs11 would raise them.
RETURN_VALUES: Mapping[int, type[exceptions.PKCS11Error]] = MappingProxyType(
    {
        0x002: exceptions.HostMemory,
        0x003: exceptions.SlotIDInvalid,
        0x005: exceptions.GeneralError,
        0x006: exceptions.FunctionFailed,
        0x007: exceptions.ArgumentsBad,
        0x011: exceptions.AttributeSensitive,
        0x012: exceptions.AttributeTypeInvalid,
        0x020: exceptions.DataInvalid,
        0x021: exceptions.DataLenRange,
        0x030: exceptions.DeviceError,
        0x031: exceptions.DeviceMemory,
        0x032: exceptions.DeviceRemoved,
        0x040: exceptions.EncryptedDataInvalid,
        0x041: exceptions.EncryptedDataLenRange,
        0x050: exceptions.FunctionCancelled,
        0x054: exceptions.FunctionNotSupported,
        0x060: exceptions.KeyHandleInvalid,
        0x062: exceptions.KeySizeRange,
        0x063: exceptions.KeyTypeInconsistent,
        0x070: exceptions.MechanismInvalid,
        0x071: exceptions.MechanismParamInvalid,
        0x082: exceptions.ObjectHandleInvalid,
        0x090: exceptions.OperationActive,
        0x091: exceptions.OperationNotInitialized,
        0x0A0: exceptions.PinIncorrect,
        0x0A1: exceptions.PinInvalid,
        0x0A2: exceptions.PinLenRange,
        0x0A3: exceptions.PinExpired,
        0x0A4: exceptions.PinLocked,
        0x0B0: exceptions.SessionClosed,
        0x0B3: exceptions.SessionHandleInvalid,
        0x0B5: exceptions.SessionReadOnly,
        0x0B6: exceptions.SessionExists,
        0x0B7: exceptions.SessionReadOnlyExists,
        0x0B8: exceptions.SessionReadWriteSOExists,
        0x0E0: exceptions.TokenNotPresent,
        0x0E1: exceptions.TokenNotRecognised,
        0x0E2: exceptions.TokenWriteProtected,
        0x100: exceptions.UserAlreadyLoggedIn,
        0x101: exceptions.UserNotLoggedIn,
        0x102: exceptions.UserPinNotInitialized,
        0x104: exceptions.AnotherUserAlreadyLoggedIn,
        0x105: exceptions.UserTooManyTypes,
        0x200: exceptions.FunctionRejected,
    }
)


class _FunctionList(ctypes.Structure):
    _fields_ = (("version", ctypes.c_ubyte * 2), *((name, _POINTER) for name in _FUNCTIONS))


class _InitializeArguments(ctypes.Structure):
    _fields_ = (
        *((name, _POINTER) for name in ("create", "destroy", "lock", "unlock")),
        ("flags", _LONG),
        ("reserved", ctypes.c_char_p),
    )


class _Attribute(ctypes.Structure):
    _fields_ = (("type", _LONG), ("value", _POINTER), ("length", _LONG))


class _Mechanism(ctypes.Structure):
    _fields_ = (("kind", _LONG), ("parameter", _POINTER), ("length", _LONG))


@dataclass(frozen=True)
class Mechanism:
    """A CK_MECHANISM: its number and its parameter, as the bytes of the C structure."""

    kind: int
    parameter: bytes = b""


class RawModule:
    """One initialised PKCS#11 module; ``library`` is python-pkcs11's view of it."""

    def __init__(self, path: str, reserved: str | None = None) -> None:
        # The same file by two paths would be initialised twice.
        self._library = ctypes.CDLL(os.path.realpath(path))
        functions = ctypes.POINTER(_FunctionList)()
        self._library.C_GetFunctionList.restype = _LONG
        _check(self._library.C_GetFunctionList(ctypes.byref(functions)))
        self._functions = functions.contents
        arguments = _InitializeArguments(
            flags=CKF_OS_LOCKING_OK, reserved=reserved.encode() if reserved is not None else None
        )
        self._call("Initialize", ctypes.addressof(arguments))
        # __new__ loads, __init__ would initialise: only the first is wanted (source of 0.10.1, class lib).
        self.library = binding.lib.__new__(binding.lib, os.path.realpath(path))  # type: ignore[call-arg]

    def login(self, session: Session, pin: bytearray, user: int = USER) -> None:
        """Log the whole token in, from a buffer that the caller can wipe."""
        self._call("Login", _handle(session), user, _address(pin), len(pin))

    def close_sessions(self, slot_id: int) -> None:
        """Close all sessions of a slot, which also logs out."""
        self._call("CloseAllSessions", slot_id)

    def finalize(self) -> None:
        """End the module's work in this process: its secrets are freed."""
        self._call("Finalize", None)

    def init_token(self, slot_id: int, so_pin: bytearray, label: str) -> None:
        """Make an empty token in a slot, erasing what was there."""
        name = bytearray(label.encode().ljust(LABEL_BYTES)[:LABEL_BYTES])
        self._call("InitToken", slot_id, _address(so_pin), len(so_pin), _address(name))

    def init_pin(self, session: Session, pin: bytearray) -> None:
        """Set the user's PIN; the security officer is logged in."""
        self._call("InitPIN", _handle(session), _address(pin), len(pin))

    def create(self, session: Session, template: Mapping[Attribute, bytearray]) -> None:
        """Make an object of these attributes, as the bytes of the C types, in buffers that the caller can wipe."""
        rows, made = _rows(template), _LONG()
        self._call("CreateObject", _handle(session), ctypes.addressof(rows), len(rows), ctypes.addressof(made))

    def read_all(
        self, session: Session, template: Mapping[Attribute, bytearray], names: Sequence[Attribute]
    ) -> list[list[bytes]]:
        """Return these attributes of every object that has those of the template, as the bytes of the C types."""
        rows, found, count = _rows(template), (_LONG * MAX_OBJECTS)(), _LONG()
        self._call("FindObjectsInit", _handle(session), ctypes.addressof(rows), len(rows))
        try:
            self._call("FindObjects", _handle(session), ctypes.addressof(found), len(found), ctypes.addressof(count))
        finally:
            self._call("FindObjectsFinal", _handle(session))
        return [self._read_each(session, handle, names) for handle in found[: count.value]]

    def _read_each(self, session: Session, handle: int, names: Sequence[Attribute]) -> list[bytes]:
        values = {name: bytearray(MAX_OUTPUT_BYTES) for name in names}
        rows = _rows(values)
        self._call("GetAttributeValue", _handle(session), handle, ctypes.addressof(rows), len(rows))
        return [bytes(value[: row.length]) for row, value in zip(rows, values.values(), strict=True)]

    def read_value(self, key: Object, into: bytearray) -> int:
        """Read CKA_VALUE of a session key into a buffer that the caller can wipe; return its length."""
        attribute = _Attribute(int(Attribute.VALUE), _address(into), len(into))
        self._call("GetAttributeValue", _handle(key.session), _handle(key), ctypes.addressof(attribute), 1)
        return int(attribute.length)

    def sign(self, key: Object, how: Mechanism, message: bytes, confirm: bytearray | None) -> bytes:
        """Return a signature; ``confirm`` is the PIN of a key that wants it for every use (CKA_ALWAYS_AUTHENTICATE)."""
        signature = bytearray(MAX_OUTPUT_BYTES)
        length = self._use("Sign", key, how, message, confirm, signature)
        return bytes(signature[:length])

    def decrypt(self, key: Object, how: Mechanism, data: bytes, confirm: bytearray | None) -> bytearray:
        """Return a plaintext in a buffer that the caller can wipe."""
        plain = bytearray(MAX_OUTPUT_BYTES)
        length = self._use("Decrypt", key, how, data, confirm, plain)
        del plain[length:]
        return plain

    def _use(
        self, verb: str, key: Object, how: Mechanism, data: bytes, confirm: bytearray | None, into: bytearray
    ) -> int:
        session, given, length = _handle(key.session), bytearray(data), _LONG(len(into))
        parameter = bytearray(how.parameter)
        mechanism = _Mechanism(how.kind, _address(parameter) if parameter else None, len(parameter))
        self._call(f"{verb}Init", session, ctypes.addressof(mechanism), _handle(key))
        if confirm is not None:
            self._call("Login", session, THIS_OPERATION, _address(confirm), len(confirm))
        self._call(verb, session, _address(given), len(given), _address(into), ctypes.addressof(length))
        return int(length.value)

    def _call(self, name: str, *arguments: int | None) -> None:
        function = ctypes.CFUNCTYPE(_LONG, *_ARGUMENTS[name])(getattr(self._functions, name))
        _check(function(*arguments))


def _rows(template: Mapping[Attribute, bytearray]) -> ctypes.Array[_Attribute]:
    return (_Attribute * len(template))(
        *(_Attribute(int(name), _address(value), len(value)) for name, value in template.items())
    )


def _check(value: int) -> None:
    if value:
        raise RETURN_VALUES.get(value, exceptions.PKCS11Error)(hex(value))


def _address(buffer: bytearray) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(buffer))


def _handle(thing: Any) -> int:
    return int(thing.handle)  # python-pkcs11 has it on sessions and objects, its stubs do not say so
