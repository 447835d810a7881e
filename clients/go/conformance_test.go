package wad_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	wad "wad/clients/go"
	"wad/clients/go/wadv1"
)

// patience bounds every test; nothing here needs a tenth of it.
const patience = 2 * time.Minute

// stage is a live daemon beside an emulator, which `python -m tests.conformance.stage` runs.
type stage struct {
	url         string
	Unix        string `json:"unix"`
	TLS         string `json:"tls"`
	CAFile      string `json:"ca_file"`
	Token       string `json:"token"`
	ViewerToken string `json:"viewer_token"`
	OtherToken  string `json:"other_token"`
}

// onStage returns the stage, and a context that ends when patience does.
func onStage(t *testing.T) (context.Context, *stage) {
	t.Helper()
	url := os.Getenv("WAD_STAGE")
	if url == "" {
		t.Skip("WAD_STAGE is not set: there is no daemon to test against (make clients-test starts one)")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	answer, err := http.Get(url + "/stage")
	must(t, err)
	defer answer.Body.Close()
	found := &stage{url: url}
	must(t, json.NewDecoder(answer.Body).Decode(found))
	return ctx, found
}

func (s *stage) post(t *testing.T, path string, body map[string]string) {
	t.Helper()
	text, err := json.Marshal(body)
	must(t, err)
	answer, err := http.Post(s.url+path, "application/json", bytes.NewReader(text))
	must(t, err)
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("the stage answered %s to %s", answer.Status, path)
	}
}

// scan lets an emulated phone scan a QR.
func (s *stage) scan(t *testing.T, qr string) {
	t.Helper()
	s.post(t, "/scan", map[string]string{"qr": qr, "phone": fmt.Sprintf("4917%09d", rand.IntN(1e9))})
}

// local returns a client that the daemon knows as its own user.
func (s *stage) local(t *testing.T) *wad.Client {
	t.Helper()
	return connected(t, wad.Options{Target: s.Unix})
}

// remote returns a client that comes over TLS.
func (s *stage) remote(t *testing.T, token string) *wad.Client {
	t.Helper()
	if s.TLS == "" {
		t.Fatal("the stage has no encrypted listener")
	}
	return connected(t, wad.Options{Target: s.TLS, CAFile: s.CAFile, Token: token})
}

func connected(t *testing.T, options wad.Options) *wad.Client {
	t.Helper()
	client, err := wad.Connect(options)
	must(t, err)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused returns the error that a call must have failed with.
func refused(t *testing.T, err error, code codes.Code, reason string) *wad.Error {
	t.Helper()
	var failure *wad.Error
	if !errors.As(err, &failure) || failure.Code != code || failure.Reason != reason {
		t.Fatalf("got %v, want %s / %s", err, code, reason)
	}
	return failure
}

// anyID returns a session id that was not used before.
func anyID() string {
	return fmt.Sprintf("go-%08x", rand.Uint32())
}

func create(ctx context.Context, t *testing.T, client *wad.Client, id string) {
	t.Helper()
	_, err := client.Sessions.CreateSession(ctx, &wadv1.CreateSessionRequest{SessionId: id})
	must(t, err)
}

// link links a session, and returns its steps.
func link(ctx context.Context, t *testing.T, s *stage, client *wad.Client, id string) []*wadv1.LinkSessionResponse {
	t.Helper()
	var steps []*wadv1.LinkSessionResponse
	scanned := false
	for step, err := range client.Link(ctx, &wadv1.LinkSessionRequest{SessionId: id}) {
		must(t, err)
		steps = append(steps, step)
		if qr := step.GetSession().GetQr(); qr != nil && !scanned {
			scanned = true
			s.scan(t, qr.GetCode())
		}
	}
	return steps
}

// A session whose QR is scanned ends connected, and the loop with it.
func TestLinksASession(t *testing.T) {
	ctx, stage := onStage(t)
	steps := link(ctx, t, stage, stage.local(t), anyID())
	last := steps[len(steps)-1]
	if last.GetConnected() == nil || last.GetSession().GetState() != wadv1.SessionState_SESSION_STATE_CONNECTED {
		t.Fatalf("ended with %v", last)
	}
	if last.GetSession().GetUser().GetJid() == "" {
		t.Fatal("nobody knows whose session it is")
	}
}

// A loop that is left early leaves the session as it is, and linking it again goes on with it.
func TestLeavesAndReturns(t *testing.T) {
	ctx, stage := onStage(t)
	client, id := stage.local(t), anyID()
	var generation uint64
	for step, err := range client.Link(ctx, &wadv1.LinkSessionRequest{SessionId: id}) {
		must(t, err)
		if step.GetSession().GetQr() != nil {
			generation = step.GetSession().GetGeneration()
			break
		}
	}
	steps := link(ctx, t, stage, client, id)
	if first := steps[0].GetSession(); first.GetGeneration() != generation || first.GetQr() == nil {
		t.Fatalf("found %v, want the session of generation %d with its QR", first, generation)
	}
	if steps[len(steps)-1].GetConnected() == nil {
		t.Fatalf("ended with %v", steps[len(steps)-1])
	}
}

// A watch begins with what there is, then `synced`, then tells what happens.
func TestWatchSeesSnapshotThenLive(t *testing.T) {
	ctx, stage := onStage(t)
	client, before, after := stage.local(t), anyID(), anyID()
	create(ctx, t, client, before)
	request := &wadv1.WatchEventsRequest{SessionIds: []string{before, after}}
	synced := false
	for item, err := range client.Watch(request).Items(ctx) {
		must(t, err)
		switch {
		case item.GetSnapshot() != nil:
			if synced || item.GetSnapshot().GetSessionId() != before {
				t.Fatalf("unexpected %v", item)
			}
		case item.GetSynced() != nil:
			synced = true
			create(ctx, t, client, after)
		case item.GetEvent().GetSession().GetSessionId() == after:
			if !synced {
				t.Fatal("an event came before the end of the snapshot")
			}
			return
		}
	}
}

// A watch goes on through a restart of the daemon: it says where it begins anew, and repeats and mixes up nothing.
func TestWatchSurvivesARestart(t *testing.T) {
	ctx, stage := onStage(t)
	client, linked, before, after := stage.local(t), anyID(), anyID(), anyID()
	link(ctx, t, stage, client, linked)
	request := &wadv1.WatchEventsRequest{SessionIds: []string{linked, before, after}}
	var (
		restarted, reset, synced bool
		sequence                 uint64
		tokens                   = map[string]bool{}
		snapshot                 = map[string]bool{}
	)
	for item, err := range client.Watch(request).Items(ctx) {
		must(t, err)
		if token := item.GetToken(); token != "" && tokens[token] {
			t.Fatalf("%v was told twice", item)
		}
		tokens[item.GetToken()] = true
		switch {
		case item.GetReset_() != nil:
			reset, synced, sequence = true, false, 0
			clear(snapshot)
		case item.GetSnapshot() != nil:
			snapshot[item.GetSnapshot().GetSessionId()] = true
		case item.GetSynced() != nil:
			synced = true
			if !restarted {
				create(ctx, t, client, before)
			} else {
				create(ctx, t, client, after)
			}
		default:
			if item.GetEvent().GetSequence() <= sequence || !synced {
				t.Fatalf("%v is out of order", item)
			}
			sequence = item.GetEvent().GetSequence()
			switch item.GetEvent().GetSession().GetSessionId() {
			case before:
				if !restarted {
					restarted = true
					stage.post(t, "/restart", nil)
				}
			case after:
				if !reset || !snapshot[linked] || snapshot[after] {
					t.Fatalf("a reset: %v; the snapshot after it: %v", reset, snapshot)
				}
				return
			}
		}
	}
}

// What the daemon refuses has its reason, what belongs to it, and the fields that are wrong.
func TestMapsErrors(t *testing.T) {
	ctx, stage := onStage(t)
	client, id := stage.local(t), anyID()
	_, err := client.Sessions.GetSession(ctx, &wadv1.GetSessionRequest{SessionId: id})
	if failure := refused(t, err, codes.NotFound, "SESSION_NOT_FOUND"); failure.Metadata["session_id"] != id {
		t.Fatalf("its metadata is %v", failure.Metadata)
	}
	for _, err := range client.Link(ctx, &wadv1.LinkSessionRequest{SessionId: "../etc"}) {
		failure := refused(t, err, codes.InvalidArgument, "INVALID_SESSION_ID")
		if len(failure.Violations) != 1 || failure.Violations[0].Field != "session_id" || failure.RetryAfter != nil {
			t.Fatalf("its violations are %v, and another try is due in %v", failure.Violations, failure.RetryAfter)
		}
	}
	for _, err := range client.Watch(&wadv1.WatchEventsRequest{SessionIds: []string{"../etc"}}).Items(ctx) {
		refused(t, err, codes.InvalidArgument, "INVALID_INPUT")
	}
	for _, err := range client.Receive(&wadv1.Receive{SessionIds: []string{"../etc"}}).Items(ctx) {
		refused(t, err, codes.InvalidArgument, "INVALID_INPUT")
	}
}

// Who shows no token at the encrypted listener is refused.
func TestRefusesWithoutToken(t *testing.T) {
	ctx, stage := onStage(t)
	_, err := stage.remote(t, "").Sessions.ListSessions(ctx, &wadv1.ListSessionsRequest{})
	refused(t, err, codes.Unauthenticated, "CREDENTIALS_REQUIRED")
}

// A token that the daemon does not know is refused, and ends a watch and an inbox.
func TestRefusesAWrongToken(t *testing.T) {
	ctx, stage := onStage(t)
	client := stage.remote(t, "wad_0000_wrong")
	for _, err := range client.Watch(&wadv1.WatchEventsRequest{}).Items(ctx) {
		refused(t, err, codes.Unauthenticated, "TOKEN_INVALID")
	}
	for _, err := range client.Receive(&wadv1.Receive{}).Items(ctx) {
		refused(t, err, codes.Unauthenticated, "TOKEN_INVALID")
	}
}

// Who may only look may not create.
func TestRefusesBeyondRole(t *testing.T) {
	ctx, stage := onStage(t)
	viewer := stage.remote(t, stage.ViewerToken)
	_, err := viewer.Sessions.ListSessions(ctx, &wadv1.ListSessionsRequest{})
	must(t, err)
	_, err = viewer.Sessions.CreateSession(ctx, &wadv1.CreateSessionRequest{SessionId: anyID()})
	if failure := refused(t, err, codes.PermissionDenied, "PERMISSION_DENIED"); failure.Metadata["required_role"] == "" {
		t.Fatalf("its metadata is %v", failure.Metadata)
	}
}

// Who asks for a session beyond its own learns not even whether there is one.
func TestRefusesBeyondScope(t *testing.T) {
	ctx, stage := onStage(t)
	other, there, nowhere := stage.remote(t, stage.OtherToken), anyID(), anyID()
	create(ctx, t, stage.local(t), there)
	create(ctx, t, other, "other-"+there)
	for _, id := range []string{there, nowhere} {
		_, err := other.Sessions.GetSession(ctx, &wadv1.GetSessionRequest{SessionId: id})
		if failure := refused(t, err, codes.PermissionDenied, "PERMISSION_DENIED"); failure.Metadata["session_id"] != id {
			t.Fatalf("its metadata is %v", failure.Metadata)
		}
	}
}

// Where nobody answers, the error says where that is, and no call waits for somebody to come.
func TestNamesTheAddressOfAnUnreachableDaemon(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	target := "unix://" + filepath.Join(t.TempDir(), "wad.sock")
	client := connected(t, wad.Options{Target: target})
	_, unary := client.Sessions.ListSessions(ctx, &wadv1.ListSessionsRequest{})
	failures := []error{unary}
	for _, err := range client.Link(ctx, &wadv1.LinkSessionRequest{SessionId: anyID()}) {
		failures = append(failures, err)
	}
	for _, err := range client.Watch(&wadv1.WatchEventsRequest{}).Items(ctx) {
		failures = append(failures, err)
	}
	for _, err := range client.Receive(&wadv1.Receive{}).Items(ctx) {
		failures = append(failures, err)
	}
	if len(failures) != 4 {
		t.Fatalf("the failures are %v", failures)
	}
	for _, err := range failures {
		if failure := refused(t, err, codes.Unavailable, ""); !strings.Contains(failure.Message, target) {
			t.Fatalf("%q does not name %s", failure.Message, target)
		}
	}
}
