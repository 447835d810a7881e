package wad_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	wad "wad/clients/go"
	"wad/clients/go/wadv1"
)

// A daemon is where the caller says, else where WAD_ADDRESS says, else at the first usual place that has a socket.
func TestFindsTheDaemon(t *testing.T) {
	home := t.TempDir()
	for name, value := range map[string]string{"WAD_ADDRESS": "", "XDG_RUNTIME_DIR": home, "XDG_STATE_HOME": "", "HOME": home} {
		t.Setenv(name, value)
	}
	socket := filepath.Join(home, ".local", "state", "wad", "run", "wad.sock")
	_, err := wad.Connect(wad.Options{})
	if failure := refused(t, err, codes.Unavailable, ""); !strings.Contains(failure.Message, socket) {
		t.Fatalf("%q does not name %s", failure.Message, socket)
	}
	must(t, os.MkdirAll(filepath.Dir(socket), 0o700))
	must(t, os.WriteFile(socket, nil, 0o600))
	expect := func(options wad.Options, address string) {
		t.Helper()
		_, err := connected(t, options).Sessions.ListSessions(context.Background(), &wadv1.ListSessionsRequest{})
		if failure := refused(t, err, codes.Unavailable, ""); !strings.Contains(failure.Message, address) {
			t.Fatalf("%q does not name %s", failure.Message, address)
		}
	}
	expect(wad.Options{}, "unix://"+socket)
	t.Setenv("WAD_ADDRESS", "unix:"+home+"/other.sock")
	expect(wad.Options{}, "unix://"+home+"/other.sock")
	expect(wad.Options{Target: "127.0.0.1:1"}, "127.0.0.1:1")
}

// What is no address, and a file that holds no certificate, are refused at once.
func TestRefusesWhatIsOfNoUse(t *testing.T) {
	home := t.TempDir()
	empty := filepath.Join(home, "ca.pem")
	must(t, os.WriteFile(empty, nil, 0o600))
	for _, options := range []wad.Options{
		{Target: "wad.internal"},
		{Target: "wad.internal:0"},
		{Target: "https://wad.internal:7600"},
		{Target: "unix:"},
		{Target: "wad.internal:7600", CAFile: empty},
		{Target: "wad.internal:7600", CAFile: filepath.Join(home, "absent.pem")},
		{Target: "wad.internal:7600", CertFile: empty},
		{Target: "unix:///run/wad/wad.sock", CAFile: empty},
	} {
		_, err := wad.Connect(options)
		refused(t, err, codes.InvalidArgument, "")
	}
}
