from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class HandshakeMessage(_message.Message):
    __slots__ = ("client_hello", "server_hello", "client_finish")
    class ClientHello(_message.Message):
        __slots__ = ("ephemeral",)
        EPHEMERAL_FIELD_NUMBER: _ClassVar[int]
        ephemeral: bytes
        def __init__(self, ephemeral: _Optional[bytes] = ...) -> None: ...
    class ServerHello(_message.Message):
        __slots__ = ("ephemeral", "static", "payload")
        EPHEMERAL_FIELD_NUMBER: _ClassVar[int]
        STATIC_FIELD_NUMBER: _ClassVar[int]
        PAYLOAD_FIELD_NUMBER: _ClassVar[int]
        ephemeral: bytes
        static: bytes
        payload: bytes
        def __init__(self, ephemeral: _Optional[bytes] = ..., static: _Optional[bytes] = ..., payload: _Optional[bytes] = ...) -> None: ...
    class ClientFinish(_message.Message):
        __slots__ = ("static", "payload")
        STATIC_FIELD_NUMBER: _ClassVar[int]
        PAYLOAD_FIELD_NUMBER: _ClassVar[int]
        static: bytes
        payload: bytes
        def __init__(self, static: _Optional[bytes] = ..., payload: _Optional[bytes] = ...) -> None: ...
    CLIENT_HELLO_FIELD_NUMBER: _ClassVar[int]
    SERVER_HELLO_FIELD_NUMBER: _ClassVar[int]
    CLIENT_FINISH_FIELD_NUMBER: _ClassVar[int]
    client_hello: HandshakeMessage.ClientHello
    server_hello: HandshakeMessage.ServerHello
    client_finish: HandshakeMessage.ClientFinish
    def __init__(self, client_hello: _Optional[_Union[HandshakeMessage.ClientHello, _Mapping]] = ..., server_hello: _Optional[_Union[HandshakeMessage.ServerHello, _Mapping]] = ..., client_finish: _Optional[_Union[HandshakeMessage.ClientFinish, _Mapping]] = ...) -> None: ...

class CertChain(_message.Message):
    __slots__ = ("leaf", "intermediate")
    class NoiseCertificate(_message.Message):
        __slots__ = ("details", "signature")
        class Details(_message.Message):
            __slots__ = ("serial", "issuer_serial", "key", "not_before", "not_after")
            SERIAL_FIELD_NUMBER: _ClassVar[int]
            ISSUER_SERIAL_FIELD_NUMBER: _ClassVar[int]
            KEY_FIELD_NUMBER: _ClassVar[int]
            NOT_BEFORE_FIELD_NUMBER: _ClassVar[int]
            NOT_AFTER_FIELD_NUMBER: _ClassVar[int]
            serial: int
            issuer_serial: int
            key: bytes
            not_before: int
            not_after: int
            def __init__(self, serial: _Optional[int] = ..., issuer_serial: _Optional[int] = ..., key: _Optional[bytes] = ..., not_before: _Optional[int] = ..., not_after: _Optional[int] = ...) -> None: ...
        DETAILS_FIELD_NUMBER: _ClassVar[int]
        SIGNATURE_FIELD_NUMBER: _ClassVar[int]
        details: bytes
        signature: bytes
        def __init__(self, details: _Optional[bytes] = ..., signature: _Optional[bytes] = ...) -> None: ...
    LEAF_FIELD_NUMBER: _ClassVar[int]
    INTERMEDIATE_FIELD_NUMBER: _ClassVar[int]
    leaf: CertChain.NoiseCertificate
    intermediate: CertChain.NoiseCertificate
    def __init__(self, leaf: _Optional[_Union[CertChain.NoiseCertificate, _Mapping]] = ..., intermediate: _Optional[_Union[CertChain.NoiseCertificate, _Mapping]] = ...) -> None: ...

class ClientPayload(_message.Message):
    __slots__ = ("username", "passive", "device", "device_pairing_data")
    class DevicePairingRegistrationData(_message.Message):
        __slots__ = ("e_regid", "e_keytype", "e_ident", "e_skey_id", "e_skey_val", "e_skey_sig", "build_hash", "device_props")
        E_REGID_FIELD_NUMBER: _ClassVar[int]
        E_KEYTYPE_FIELD_NUMBER: _ClassVar[int]
        E_IDENT_FIELD_NUMBER: _ClassVar[int]
        E_SKEY_ID_FIELD_NUMBER: _ClassVar[int]
        E_SKEY_VAL_FIELD_NUMBER: _ClassVar[int]
        E_SKEY_SIG_FIELD_NUMBER: _ClassVar[int]
        BUILD_HASH_FIELD_NUMBER: _ClassVar[int]
        DEVICE_PROPS_FIELD_NUMBER: _ClassVar[int]
        e_regid: bytes
        e_keytype: bytes
        e_ident: bytes
        e_skey_id: bytes
        e_skey_val: bytes
        e_skey_sig: bytes
        build_hash: bytes
        device_props: bytes
        def __init__(self, e_regid: _Optional[bytes] = ..., e_keytype: _Optional[bytes] = ..., e_ident: _Optional[bytes] = ..., e_skey_id: _Optional[bytes] = ..., e_skey_val: _Optional[bytes] = ..., e_skey_sig: _Optional[bytes] = ..., build_hash: _Optional[bytes] = ..., device_props: _Optional[bytes] = ...) -> None: ...
    USERNAME_FIELD_NUMBER: _ClassVar[int]
    PASSIVE_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    DEVICE_PAIRING_DATA_FIELD_NUMBER: _ClassVar[int]
    username: int
    passive: bool
    device: int
    device_pairing_data: ClientPayload.DevicePairingRegistrationData
    def __init__(self, username: _Optional[int] = ..., passive: _Optional[bool] = ..., device: _Optional[int] = ..., device_pairing_data: _Optional[_Union[ClientPayload.DevicePairingRegistrationData, _Mapping]] = ...) -> None: ...

class DeviceProps(_message.Message):
    __slots__ = ("os", "platform_type")
    class PlatformType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        PLATFORM_TYPE_UNSPECIFIED: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_CHROME: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_FIREFOX: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_IE: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_OPERA: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_SAFARI: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_EDGE: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_DESKTOP: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_IPAD: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_ANDROID_TABLET: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_OHANA: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_ALOHA: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_CATALINA: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_TCL_TV: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_IOS_PHONE: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_IOS_CATALYST: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_ANDROID_PHONE: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_ANDROID_AMBIGUOUS: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_WEAR_OS: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_AR_WRIST: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_AR_DEVICE: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_UWP: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_VR: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_CLOUD_API: _ClassVar[DeviceProps.PlatformType]
        PLATFORM_TYPE_SMARTGLASSES: _ClassVar[DeviceProps.PlatformType]
    PLATFORM_TYPE_UNSPECIFIED: DeviceProps.PlatformType
    PLATFORM_TYPE_CHROME: DeviceProps.PlatformType
    PLATFORM_TYPE_FIREFOX: DeviceProps.PlatformType
    PLATFORM_TYPE_IE: DeviceProps.PlatformType
    PLATFORM_TYPE_OPERA: DeviceProps.PlatformType
    PLATFORM_TYPE_SAFARI: DeviceProps.PlatformType
    PLATFORM_TYPE_EDGE: DeviceProps.PlatformType
    PLATFORM_TYPE_DESKTOP: DeviceProps.PlatformType
    PLATFORM_TYPE_IPAD: DeviceProps.PlatformType
    PLATFORM_TYPE_ANDROID_TABLET: DeviceProps.PlatformType
    PLATFORM_TYPE_OHANA: DeviceProps.PlatformType
    PLATFORM_TYPE_ALOHA: DeviceProps.PlatformType
    PLATFORM_TYPE_CATALINA: DeviceProps.PlatformType
    PLATFORM_TYPE_TCL_TV: DeviceProps.PlatformType
    PLATFORM_TYPE_IOS_PHONE: DeviceProps.PlatformType
    PLATFORM_TYPE_IOS_CATALYST: DeviceProps.PlatformType
    PLATFORM_TYPE_ANDROID_PHONE: DeviceProps.PlatformType
    PLATFORM_TYPE_ANDROID_AMBIGUOUS: DeviceProps.PlatformType
    PLATFORM_TYPE_WEAR_OS: DeviceProps.PlatformType
    PLATFORM_TYPE_AR_WRIST: DeviceProps.PlatformType
    PLATFORM_TYPE_AR_DEVICE: DeviceProps.PlatformType
    PLATFORM_TYPE_UWP: DeviceProps.PlatformType
    PLATFORM_TYPE_VR: DeviceProps.PlatformType
    PLATFORM_TYPE_CLOUD_API: DeviceProps.PlatformType
    PLATFORM_TYPE_SMARTGLASSES: DeviceProps.PlatformType
    OS_FIELD_NUMBER: _ClassVar[int]
    PLATFORM_TYPE_FIELD_NUMBER: _ClassVar[int]
    os: str
    platform_type: DeviceProps.PlatformType
    def __init__(self, os: _Optional[str] = ..., platform_type: _Optional[_Union[DeviceProps.PlatformType, str]] = ...) -> None: ...

class ADVDeviceIdentity(_message.Message):
    __slots__ = ("raw_id", "timestamp", "key_index")
    RAW_ID_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    KEY_INDEX_FIELD_NUMBER: _ClassVar[int]
    raw_id: int
    timestamp: int
    key_index: int
    def __init__(self, raw_id: _Optional[int] = ..., timestamp: _Optional[int] = ..., key_index: _Optional[int] = ...) -> None: ...

class ADVSignedDeviceIdentity(_message.Message):
    __slots__ = ("details", "account_signature_key", "account_signature", "device_signature")
    DETAILS_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_SIGNATURE_KEY_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    DEVICE_SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    details: bytes
    account_signature_key: bytes
    account_signature: bytes
    device_signature: bytes
    def __init__(self, details: _Optional[bytes] = ..., account_signature_key: _Optional[bytes] = ..., account_signature: _Optional[bytes] = ..., device_signature: _Optional[bytes] = ...) -> None: ...

class ADVSignedDeviceIdentityHMAC(_message.Message):
    __slots__ = ("details", "hmac")
    DETAILS_FIELD_NUMBER: _ClassVar[int]
    HMAC_FIELD_NUMBER: _ClassVar[int]
    details: bytes
    hmac: bytes
    def __init__(self, details: _Optional[bytes] = ..., hmac: _Optional[bytes] = ...) -> None: ...
