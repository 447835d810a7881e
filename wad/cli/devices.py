"""``wadctl device …``: many linked devices of one phone, side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from wad.cli import completion, device_views
from wad.cli.link import Ways, follow_link, show_qr
from wad.cli.options import ImageOption, LabelOption, LimitOption, Reason, Wait, parse_labels, parse_policy
from wad.cli.output import OutputOption  # noqa: TC001 - typer reads it from the annotation
from wad.cli.run import TimeoutOption, started
from wad.v1 import device_pb2, device_pb2_grpc

# ruff: noqa: D301 - \b keeps typer from joining lines

app = typer.Typer(
    no_args_is_help=True, help="Create, link, look at and remove the devices of phones.", rich_markup_mode=None
)

PhoneArgument = Annotated[
    str,
    typer.Argument(
        metavar="PHONE", help="The phone's number in international format, as WhatsApp writes it.", show_default=False
    ),
]
DeviceArgument = Annotated[
    str,
    typer.Argument(
        metavar="DEVICE",
        help="The device, as PHONE_ID; see the list.",
        show_default=False,
        autocompletion=completion.device_ids,
    ),
]
IdOption = Annotated[
    str, typer.Option("--id", metavar="ID", help="Its name among the phone's devices. Default: a random one.")
]
NameOption = Annotated[str, typer.Option("--name", help="What people call it.")]
UserAgentOption = Annotated[str, typer.Option("--user-agent", help="The program that uses it.")]
IpAddressOption = Annotated[str, typer.Option("--ip-address", help="Where that program runs.")]
PlatformOption = Annotated[str, typer.Option("--platform", help="What that program runs on.")]


@app.command()
def create(
    ctx: typer.Context,
    phone: PhoneArgument,
    *,
    device_id: IdOption = "",
    name: NameOption = "",
    user_agent: UserAgentOption = "",
    ip_address: IpAddressOption = "",
    platform: PlatformOption = "",
    wait: Annotated[
        Wait, typer.Option(help="When to answer: at once, at the first QR or connection, or once linked.")
    ] = Wait.QR,
    image: ImageOption = None,
    limit: LimitOption = None,
    label: LabelOption = None,
    timeout: TimeoutOption = 120,
    output: OutputOption = None,
) -> None:
    """Make a device live.

    It is joined, reconnected with its stored credentials, or shows a QR.

    \b
    Examples:
      wadctl device create 4915112345678 --id till-1 --name "First till"
      wadctl device create 4915112345678 --limit heartbeat=1m --limit max_failed_heartbeats=5
      wadctl device create 4915112345678 -o json | jq -r .device.device_session_id
    """
    run = started(ctx, output)
    request = device_pb2.CreateDeviceRequest(
        phone_number=phone,
        device_id=device_id,
        info=device_pb2.DeviceInfo(name=name, user_agent=user_agent, ip_address=ip_address, platform=platform),
        policy=parse_policy(limit),
        labels=parse_labels(label),
        wait=wait.number,
    )
    with run.channel() as channel:
        response = device_pb2_grpc.DeviceServiceStub(channel).CreateDevice(request, timeout=timeout)
        run.show(response, device_views.device_details(response.device))
        session = response.device.session
        if session.HasField("qr") and not run.for_programs:
            by_code = f"`wadctl device link {phone} --id {response.device.device_id} --pairing-code`"
            show_qr(session.qr, Ways(image, by_code))


@app.command()
def link(
    ctx: typer.Context,
    phone: PhoneArgument,
    *,
    device_id: IdOption = "",
    name: NameOption = "",
    user_agent: UserAgentOption = "",
    ip_address: IpAddressOption = "",
    platform: PlatformOption = "",
    pairing_code: Annotated[
        bool, typer.Option("--pairing-code", help="Also show a code to type into the phone.")
    ] = False,
    image: ImageOption = None,
    limit: LimitOption = None,
    label: LabelOption = None,
    timeout: TimeoutOption = 600,
    output: OutputOption = None,
) -> None:
    """Show a device's QR until the phone has scanned it.

    It is made live first, and the command ends once it is connected.

    \b
    Examples:
      wadctl device link 4915112345678
      wadctl device link 4915112345678 --id till-1 --pairing-code
      wadctl device link 4915112345678 -o json | jq -r 'select(.device.session.qr) | .device.session.qr.code'
    """
    run = started(ctx, output)
    request = device_pb2.LinkDeviceRequest(
        phone_number=phone,
        device_id=device_id,
        info=device_pb2.DeviceInfo(name=name, user_agent=user_agent, ip_address=ip_address, platform=platform),
        policy=parse_policy(limit),
        labels=parse_labels(label),
        pairing_code=pairing_code,
    )
    with run.channel() as channel:
        steps = device_pb2_grpc.DeviceServiceStub(channel).LinkDevice(request, timeout=timeout)
        code = follow_link(run, steps, Ways(image, "--pairing-code"))
    raise typer.Exit(code)


@app.command()
def get(ctx: typer.Context, device: DeviceArgument, timeout: TimeoutOption = 30, output: OutputOption = None) -> None:
    """Show one device, live or kept.

    \b
    Examples:
      wadctl device get 4915112345678_till-1
      wadctl device get 4915112345678_till-1 -o json | jq .device.is_active
    """
    run = started(ctx, output)
    with run.channel() as channel:
        request = device_pb2.GetDeviceRequest(device_session_id=device)
        response = device_pb2_grpc.DeviceServiceStub(channel).GetDevice(request, timeout=timeout)
    run.show(response, device_views.device_details(response.device))


@app.command(name="list")
def list_(
    ctx: typer.Context,
    phone: Annotated[
        str, typer.Argument(metavar="[PHONE]", help="Only the devices of this phone.", show_default=False)
    ] = "",
    *,
    phone_option: Annotated[
        str, typer.Option("--phone", metavar="NUMBER", help="The same as an option.", show_default=False)
    ] = "",
    all_: Annotated[bool, typer.Option("--all", "-a", help="Also devices of which only the record is kept.")] = False,
    timeout: TimeoutOption = 30,
    output: OutputOption = None,
) -> None:
    """List the devices of one phone, or of all phones.

    \b
    Examples:
      wadctl device list
      wadctl device list 4915112345678 --all
      wadctl device list -o json | jq -r '.devices[] | select(.failed_heartbeats > 0) | .device_session_id'
    """
    run = started(ctx, output)
    if phone and phone_option and phone != phone_option:
        raise typer.BadParameter("name one phone, not two.", ctx, param_hint="PHONE")
    counting = run.on_terminal and not all_
    request = device_pb2.ListDevicesRequest(phone_number=phone or phone_option, include_inactive=all_ or counting)
    found = device_pb2.ListDevicesResponse()
    with run.channel() as channel:
        stub = device_pb2_grpc.DeviceServiceStub(channel)
        while True:
            page = stub.ListDevices(request, timeout=timeout)
            found.devices.extend(page.devices)
            request.page_token = page.next_page_token
            if not page.next_page_token:
                break
    listed = [device for device in found.devices if device.session.active or all_]
    run.show(found, device_views.devices_table(listed))
    if hidden := len(found.devices) - len(listed):
        run.remark(f"{hidden} out of service: --all shows {'it' if hidden == 1 else 'them'}.")


@app.command()
def heartbeat(
    ctx: typer.Context, device: DeviceArgument, timeout: TimeoutOption = 30, output: OutputOption = None
) -> None:
    """Say that a device is alive.

    Its missed heartbeats are forgotten. That is no activity; its idle time goes on.

    \b
    Examples:
      wadctl device heartbeat 4915112345678_till-1
      wadctl device heartbeat 4915112345678_till-1 -o json | jq -r .device.last_heartbeat_time
    """
    run = started(ctx, output)
    with run.channel() as channel:
        request = device_pb2.HeartbeatDeviceRequest(device_session_id=device)
        response = device_pb2_grpc.DeviceServiceStub(channel).HeartbeatDevice(request, timeout=timeout)
    run.show(response, device_views.device_details(response.device))


@app.command()
def remove(
    ctx: typer.Context,
    device: DeviceArgument,
    reason: Annotated[
        Reason,
        typer.Option(
            help="manual and logout unlink it and delete its credentials; stuck keeps them.", show_default=False
        ),
    ],
    timeout: TimeoutOption = 60,
    output: OutputOption = None,
) -> None:
    """Take a device out of service.

    The other devices of its phone stay.

    \b
    Examples:
      wadctl device remove 4915112345678_till-1 --reason logout    # unlink it and delete its credentials
      wadctl device remove 4915112345678_till-1 --reason stuck     # end it, keep the credentials
    """
    run = started(ctx, output)
    with run.channel() as channel:
        request = device_pb2.RemoveDeviceRequest(device_session_id=device, reason=reason.number)
        response = device_pb2_grpc.DeviceServiceStub(channel).RemoveDevice(request, timeout=timeout)
    run.show(response, device_views.device_details(response.device))
