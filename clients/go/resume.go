package wad

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	shortestPause = 100 * time.Millisecond
	longestPause  = 5 * time.Second
)

// resumption says when a stream that broke off is to be asked for again.
type resumption struct {
	reached  bool // a daemon has answered, whatever it said: one that goes away will be back
	failures int  // in a row
}

// told notes that the daemon has told something.
func (r *resumption) told() { r.reached, r.failures = true, 0 }

// helps says whether asking again can mend an error.
func (r *resumption) helps(err error) bool {
	var failure *Error
	switch {
	case err == io.EOF: // no stream that resumes has an end of its own
		return true
	case !errors.As(err, &failure):
		return false
	case failure.Code == codes.Unavailable:
		return r.reached || failure.Reason != ""
	default:
		return failure.Code == codes.ResourceExhausted && failure.Reason == "SLOW_CONSUMER"
	}
}

// pause waits before the next try: for as long as the daemon asks for, and on top for a time that doubles with each
// failure and that chance shortens by up to a half, so that not all callers come back at once. It fails when the context
// ends first.
func (r *resumption) pause(ctx context.Context, err error) error {
	grown := min(longestPause, shortestPause<<min(r.failures, 16))
	wait := grown/2 + rand.N(grown/2)
	var failure *Error
	if errors.As(err, &failure) && failure.RetryAfter != nil {
		wait += *failure.RetryAfter
	}
	r.failures++
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return &Error{Code: status.FromContextError(ctx.Err()).Code(), Message: "The caller's context ended.", cause: ctx.Err()}
	}
}
