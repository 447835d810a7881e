package wad_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	wad "wad/clients/go"
	"wad/clients/go/wadv1"
)

// scripted answers each watch with the next act of a play; acts are done one after another.
type scripted struct {
	wadv1.UnimplementedEventServiceServer
	acts   []act
	tokens []string // that the watches continued after
}

// act is what one watch is answered, and how it ends.
type act struct {
	items []*wadv1.WatchEventsResponse
	end   error
}

func (s *scripted) WatchEvents(
	request *wadv1.WatchEventsRequest, stream grpc.ServerStreamingServer[wadv1.WatchEventsResponse],
) error {
	s.tokens = append(s.tokens, request.GetAfterToken())
	next := s.acts[0]
	s.acts = s.acts[1:]
	for _, item := range next.items {
		if err := stream.Send(item); err != nil {
			return err
		}
	}
	return next.end
}

// play serves the acts, and returns what a watch gave out, in short, with the error that ended it.
func play(t *testing.T, s *scripted) ([]string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var seen []string
	for item, err := range watching(t, s).Items(ctx) {
		if err != nil {
			return seen, err
		}
		seen = append(seen, short(item))
	}
	return seen, nil
}

// watching returns a watch that the service answers.
func watching(t *testing.T, service wadv1.EventServiceServer) *wad.Watch {
	t.Helper()
	client := served(t, func(server *grpc.Server) { wadv1.RegisterEventServiceServer(server, service) })
	return client.Watch(&wadv1.WatchEventsRequest{})
}

// served returns a client of a server that was just made.
func served(t *testing.T, register func(*grpc.Server)) *wad.Client {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "wad.sock")
	listening, err := net.Listen("unix", socket)
	must(t, err)
	server := grpc.NewServer()
	register(server)
	go func() { _ = server.Serve(listening) }()
	t.Cleanup(server.Stop)
	return connected(t, wad.Options{Target: "unix://" + socket})
}

func short(item *wadv1.WatchEventsResponse) string {
	switch {
	case item.GetSnapshot() != nil:
		return "snapshot"
	case item.GetReset_() != nil:
		return "reset"
	case item.GetSynced() != nil:
		return "synced"
	default:
		return fmt.Sprint("event ", item.GetEvent().GetSequence())
	}
}

var (
	snapshot = &wadv1.WatchEventsResponse{Item: &wadv1.WatchEventsResponse_Snapshot{Snapshot: &wadv1.Session{}}}
	reset    = &wadv1.WatchEventsResponse{Item: &wadv1.WatchEventsResponse_Reset_{Reset_: &wadv1.Reset{}}}
)

func synced(token string) *wadv1.WatchEventsResponse {
	return &wadv1.WatchEventsResponse{Token: token, Item: &wadv1.WatchEventsResponse_Synced{Synced: &wadv1.Synced{}}}
}

func bookmark(token string) *wadv1.WatchEventsResponse {
	return &wadv1.WatchEventsResponse{Token: token, Item: &wadv1.WatchEventsResponse_Bookmark{Bookmark: &wadv1.Bookmark{}}}
}

func event(token string, sequence uint64) *wadv1.WatchEventsResponse {
	return &wadv1.WatchEventsResponse{Token: token, Item: &wadv1.WatchEventsResponse_Event{Event: &wadv1.Event{Sequence: sequence}}}
}

// failure is an error as the daemon sends it.
func failure(code codes.Code, reason string, retryAfter time.Duration) error {
	info := &errdetails.ErrorInfo{Reason: reason, Domain: "wad.v1"}
	rich, err := status.New(code, "told").WithDetails(info, &errdetails.RetryInfo{RetryDelay: durationpb.New(retryAfter)})
	if err != nil {
		return err
	}
	return rich.Err()
}

var (
	refusal  = failure(codes.PermissionDenied, "PERMISSION_DENIED", 0)
	draining = failure(codes.Unavailable, "DRAINING", time.Millisecond)
	slow     = failure(codes.ResourceExhausted, "SLOW_CONSUMER", time.Millisecond)
	full     = failure(codes.ResourceExhausted, "SESSION_LIMIT_REACHED", time.Millisecond)
	broken   = status.Error(codes.Unavailable, "the connection broke")
)

// A watch continues after its last token whenever watching again can help, and ends with any other error.
func TestResumesWhenThatHelps(t *testing.T) {
	acts := &scripted{acts: []act{
		{[]*wadv1.WatchEventsResponse{snapshot, synced("a")}, draining},
		{[]*wadv1.WatchEventsResponse{event("b", 1), bookmark("c")}, slow},
		{nil, broken},
		{[]*wadv1.WatchEventsResponse{event("d", 2)}, nil},
		{[]*wadv1.WatchEventsResponse{reset, snapshot}, broken},
		{[]*wadv1.WatchEventsResponse{reset, snapshot, synced("e")}, refusal},
	}}
	seen, err := play(t, acts)
	refused(t, err, codes.PermissionDenied, "PERMISSION_DENIED")
	if want := []string{"", "a", "c", "c", "d", "d"}; !slices.Equal(acts.tokens, want) {
		t.Fatalf("continued after %q, want %q", acts.tokens, want)
	}
	want := []string{"snapshot", "synced", "event 1", "event 2", "reset", "snapshot", "reset", "snapshot", "synced"}
	if !slices.Equal(seen, want) {
		t.Fatalf("gave out %q, want %q", seen, want)
	}
}

// A first snapshot that broke off is begun anew with a reset, since no token leads back to it.
func TestResetsABrokenSnapshot(t *testing.T) {
	acts := &scripted{acts: []act{
		{[]*wadv1.WatchEventsResponse{snapshot, snapshot}, broken},
		{nil, broken},
		{[]*wadv1.WatchEventsResponse{snapshot, synced("a")}, full},
	}}
	seen, err := play(t, acts)
	refused(t, err, codes.ResourceExhausted, "SESSION_LIMIT_REACHED")
	if want := []string{"snapshot", "snapshot", "reset", "snapshot", "synced"}; !slices.Equal(seen, want) {
		t.Fatalf("gave out %q, want %q", seen, want)
	}
}

// A loop over the items of a watch continues after those of the loop before.
func TestContinuesAfterTheLoopBefore(t *testing.T) {
	acts := &scripted{acts: []act{
		{[]*wadv1.WatchEventsResponse{snapshot, synced("a"), event("b", 1)}, nil},
		{[]*wadv1.WatchEventsResponse{event("b", 1)}, nil},
	}}
	watch := watching(t, acts)
	for _, last := range []string{"a", "b"} {
		for _, err := range watch.Items(context.Background()) {
			must(t, err)
			if watch.Token() == last {
				break
			}
		}
	}
	if want := []string{"", "a"}; !slices.Equal(acts.tokens, want) {
		t.Fatalf("continued after %q, want %q", acts.tokens, want)
	}
}

// A watch whose context ends says so, whether it waits for the daemon or for another try.
func TestEndsWithItsContext(t *testing.T) {
	for _, end := range []error{nil, failure(codes.Unavailable, "DRAINING", time.Hour)} {
		ctx, cancel := context.WithCancel(context.Background())
		for _, err := range watching(t, &canceller{cancel: cancel, end: end}).Items(ctx) {
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("ended with %v", err)
			}
		}
	}
}

// canceller ends its caller's context, and then the call if there is an error to end it with.
type canceller struct {
	wadv1.UnimplementedEventServiceServer
	cancel context.CancelFunc
	end    error
}

func (c *canceller) WatchEvents(
	_ *wadv1.WatchEventsRequest, stream grpc.ServerStreamingServer[wadv1.WatchEventsResponse],
) error {
	if c.end != nil {
		time.AfterFunc(50*time.Millisecond, c.cancel) // most likely while the watch waits for another try
		return c.end
	}
	c.cancel()
	<-stream.Context().Done()
	return nil
}
