package wad

import (
	"context"
	"io"
	"iter"

	"wad/clients/go/wadv1"
)

// Link makes a session live and follows it, step by step, until it is connected or over: the first step is the session
// as it is, the last one has `connected` or `removed`. After an error, an [*Error], there is no further step.
//
// Leaving the loop early leaves the session as it is; linking it again goes on with it.
func (c *Client) Link(ctx context.Context, request *wadv1.LinkSessionRequest) iter.Seq2[*wadv1.LinkSessionResponse, error] {
	return func(yield func(*wadv1.LinkSessionResponse, error) bool) {
		ctx, leave := context.WithCancel(ctx)
		defer leave()
		stream, err := c.Sessions.LinkSession(ctx, request)
		for err == nil {
			var step *wadv1.LinkSessionResponse
			if step, err = stream.Recv(); err == nil && !yield(step, nil) {
				return
			}
		}
		if err != io.EOF {
			yield(nil, err)
		}
	}
}
