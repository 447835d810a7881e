package wad

import (
	"context"
	"iter"
	"sync/atomic"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"wad/clients/go/wadv1"
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
			if !run.helps(err) {
				yield(nil, err)
				return
			}
			if err := run.pause(ctx, err); err != nil {
				yield(nil, err)
				return
			}
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
	resumption
	yield   func(*wadv1.WatchEventsResponse, error) bool
	left    bool // the caller has left the loop
	partial bool // part of a first snapshot was given out, to which no token leads back
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
	r.told()
	r.partial = r.Token() == ""
	return item.GetBookmark() != nil || r.yield(item, nil)
}
