package wad

import (
	"context"
	"errors"
	"io"
	"iter"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"wad/clients/go/wadv1"
)

const (
	shortestPause = 100 * time.Millisecond
	longestPause  = 5 * time.Second
)

// Watch tells what happens to sessions. Make one with [Client.Watch].
type Watch struct {
	client  *Client
	request *wadv1.WatchEventsRequest
	token   atomic.Pointer[string]
}

// Watch returns a watch of the sessions that match the request, which begins where the request says: with a snapshot,
// after a token, or with the next event. Nothing is asked of the daemon before [Watch.Items].
func (c *Client) Watch(request *wadv1.WatchEventsRequest) *Watch {
	watch := &Watch{client: c, request: proto.CloneOf(request)}
	token := request.GetAfterToken()
	watch.token.Store(&token)
	return watch
}

// Token returns what a later watch with the same filters continues after: `after_token` of its request. It is the token
// of the last item that was given out or of a later sign of life, and empty before the first one.
func (w *Watch) Token() string { return *w.token.Load() }

// Items returns what happens, in order, without gap or duplicate, until the context ends or the loop is left: snapshots,
// `synced`, then events. A second call continues after the first one's last item.
//
// When the daemon restarts, the connection breaks, or the caller was too slow, the watch resumes by itself. Where that
// would leave a gap there is a `reset` instead: forget what is known, a new snapshot follows.
//
// Any other error, an [*Error], is the last item; so is a daemon that cannot be reached at the very beginning.
func (w *Watch) Items(ctx context.Context) iter.Seq2[*wadv1.WatchEventsResponse, error] {
	return func(yield func(*wadv1.WatchEventsResponse, error) bool) {
		run := &watchRun{Watch: w, yield: yield}
		for {
			err := run.once(ctx)
			if run.left {
				return
			}
			if !run.resumable(err) {
				yield(nil, err)
				return
			}
			if err := sleep(ctx, pause(run.failures, err)); err != nil {
				yield(nil, err)
				return
			}
			run.failures++
			if run.partial && !yield(&wadv1.WatchEventsResponse{Item: &wadv1.WatchEventsResponse_Reset_{Reset_: &wadv1.Reset{}}}, nil) {
				return
			}
			run.partial = false
		}
	}
}

// watchRun is one loop over a watch's items.
type watchRun struct {
	*Watch
	yield    func(*wadv1.WatchEventsResponse, error) bool
	left     bool // the caller has left the loop
	answered bool // the daemon has answered in this run
	partial  bool // part of a first snapshot was given out, to which no token leads back
	failures int  // in a row
}

// once watches until the stream or the loop ends; it returns the stream's error.
func (r *watchRun) once(ctx context.Context) error {
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	request := proto.CloneOf(r.request)
	if token := r.Token(); token != "" {
		request.Start = &wadv1.WatchEventsRequest_AfterToken{AfterToken: token}
	}
	again := grpc.WaitForReady(r.failures > 0) // the connection comes back by itself, sooner than by another try
	stream, err := r.client.Events.WatchEvents(ctx, request, again)
	for err == nil {
		var item *wadv1.WatchEventsResponse
		if item, err = stream.Recv(); err == nil && !r.give(item) {
			r.left = true
			return nil
		}
	}
	return err
}

// give passes an item on, and says whether the caller wants more.
func (r *watchRun) give(item *wadv1.WatchEventsResponse) bool {
	if token := item.GetToken(); token != "" {
		r.token.Store(&token)
	}
	r.answered, r.failures, r.partial = true, 0, r.Token() == ""
	return item.GetBookmark() != nil || r.yield(item, nil)
}

// resumable tells whether watching again can help.
func (r *watchRun) resumable(err error) bool {
	var failure *Error
	switch {
	case err == io.EOF: // a watch has no end of its own
		return true
	case !errors.As(err, &failure):
		return false
	case failure.Code == codes.Unavailable:
		return r.answered || failure.Reason != ""
	default:
		return failure.Code == codes.ResourceExhausted && failure.Reason == "SLOW_CONSUMER"
	}
}

// pause returns how long to wait before the next try: what the daemon asks for, and on top a time that doubles with each
// failure and that chance shortens by up to a half, so that not all watchers come back at once.
func pause(failures int, err error) time.Duration {
	grown := min(longestPause, shortestPause<<min(failures, 16))
	wait := grown/2 + rand.N(grown/2)
	var failure *Error
	if errors.As(err, &failure) && failure.RetryAfter != nil {
		wait += *failure.RetryAfter
	}
	return wait
}

// sleep waits, or fails when the context ends first.
func sleep(ctx context.Context, duration time.Duration) error {
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return &Error{Code: status.FromContextError(ctx.Err()).Code(), Message: "The watch was ended.", cause: ctx.Err()}
	}
}
