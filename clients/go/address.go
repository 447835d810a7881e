package wad

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"google.golang.org/grpc/codes"
)

const wayOn = "Start one with `wad serve`, or say where it is with Options.Target or WAD_ADDRESS."

// address is where a daemon is: the path of its unix socket, or a host with a port.
type address struct {
	socket   string
	hostPort string
}

// String returns the address as people write it, which is also how gRPC wants it.
func (a address) String() string {
	if a.socket != "" {
		return "unix://" + a.socket
	}
	return "dns:///" + a.hostPort
}

// shown returns the address as the user gave it.
func (a address) shown() string {
	return strings.TrimPrefix(a.String(), "dns:///")
}

// defaultSockets returns where a daemon's unix socket is looked for, in this order.
func defaultSockets(getenv func(string) string) []string {
	var places []string
	if runtime := getenv("XDG_RUNTIME_DIR"); runtime != "" {
		places = append(places, filepath.Join(runtime, "wad", "wad.sock"))
	}
	state := getenv("XDG_STATE_HOME")
	if state == "" {
		state = filepath.Join(getenv("HOME"), ".local", "state")
	}
	return append(places, filepath.Join(state, "wad", "run", "wad.sock"), "/run/wad/wad.sock")
}

// find returns the daemon's address: the one given, else that of WAD_ADDRESS, else the first socket at the usual places.
func find(given string, getenv func(string) string) (address, error) {
	if given == "" {
		given = getenv("WAD_ADDRESS")
	}
	if given != "" {
		return parse(given)
	}
	places := defaultSockets(getenv)
	for _, path := range places {
		if _, err := os.Stat(path); err == nil {
			return address{socket: path}, nil
		}
	}
	tried := strings.Join(places, ", ")
	return address{}, &Error{
		Code:    codes.Unavailable,
		Message: fmt.Sprintf("The wad daemon is not running here: there is no socket at %s. %s", tried, wayOn),
	}
}

// parse returns the address that a text stands for.
func parse(text string) (address, error) {
	if rest, isUnix := strings.CutPrefix(text, "unix:"); isUnix {
		if path := strings.TrimPrefix(rest, "//"); path != "" {
			absolute, err := filepath.Abs(path)
			return address{socket: absolute}, err
		}
	}
	host, port, err := net.SplitHostPort(text)
	if number, bad := strconv.ParseUint(port, 10, 16); err == nil && bad == nil && number > 0 && host != "" && !strings.Contains(host, "/") {
		return address{hostPort: text}, nil
	}
	return address{}, &Error{
		Code:    codes.InvalidArgument,
		Message: fmt.Sprintf("%q is not an address; use unix:///path/to/wad.sock or host:port.", text),
	}
}
