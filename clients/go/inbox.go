package wad

import (
	"context"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"wad/clients/go/wadv1"
)

const (
	// mostIDs is how many deliveries one request may acknowledge.
	mostIDs = 1000
	// grace is what the daemon has for the last acknowledgements when a loop is left; it takes milliseconds.
	grace = 5 * time.Second
)

// Inbox hands out what others send to sessions. Make one with [Client.Receive].
type Inbox struct {
	client  *Client
	receive *wadv1.ReceiveMessagesRequest
	call    atomic.Pointer[receiving] // the present one, if any
}

// Receive returns an inbox of the sessions that are asked for. Nothing is asked of the daemon before [Inbox.Items].
func (c *Client) Receive(receive *wadv1.Receive) *Inbox {
	begin := &wadv1.ReceiveMessagesRequest_Receive{Receive: proto.CloneOf(receive)}
	return &Inbox{client: c, receive: &wadv1.ReceiveMessagesRequest{Action: begin}}
}

// GetMessage returns what is known of one message, by the session that has received or sent it and WhatsApp's id of it.
func (c *Client) GetMessage(ctx context.Context, sessionID, messageID string) (*wadv1.Message, error) {
	response, err := c.Messages.GetMessage(ctx, &wadv1.GetMessageRequest{SessionId: sessionID, MessageId: messageID})
	return response.GetMessage(), err
}

// Items returns what others send, as `delivery`, and what has become of what the sessions have sent, as `receipt`, until
// the context ends or the loop is left. There may be one loop at a time. Leaving it waits until the daemon has taken the
// acknowledgements that are on their way; ending the context does not.
//
// Each message comes at least once: again and again until it is acknowledged, with every new loop, and when the daemon
// restarts or the connection breaks, after which the inbox goes on by itself. So whoever gets a message may have had it
// before; its `delivery_id` is then the same.
//
// Any other error, an [*Error], is the last item; so is a daemon that cannot be reached at the very beginning.
func (i *Inbox) Items(ctx context.Context) iter.Seq2[*wadv1.ReceiveMessagesResponse, error] {
	return func(yield func(*wadv1.ReceiveMessagesResponse, error) bool) {
		var again resumption
		for {
			left, err := i.once(ctx, &again, yield)
			if !left && again.helps(err) {
				if err = again.pause(ctx, err); err == nil {
					continue
				}
			}
			if !left {
				yield(nil, err)
			}
			return
		}
	}
}

// Acknowledge has messages forgotten: they need not come again. Any goroutine may call it, and it waits for no answer.
//
// While the connection is broken, and after the loop, it does nothing: the messages come again. A receipt has no delivery,
// which is left alone.
func (i *Inbox) Acknowledge(deliveries ...*wadv1.Delivery) {
	var ids []uint64
	for _, delivery := range deliveries {
		if id := delivery.GetDeliveryId(); id != 0 {
			ids = append(ids, id)
		}
	}
	if call := i.call.Load(); call != nil {
		call.acknowledge(ids)
	}
}

// once receives until the stream or the loop ends; it says whether it was the loop, and returns the stream's error.
func (i *Inbox) once(
	ctx context.Context, again *resumption, yield func(*wadv1.ReceiveMessagesResponse, error) bool,
) (bool, error) {
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	ready := grpc.WaitForReady(again.failures > 0) // the connection comes back by itself, sooner than by another try
	stream, err := i.client.Messages.ReceiveMessages(ctx, ready)
	if err != nil {
		return false, err
	}
	_ = stream.Send(i.receive) // if it fails, so does what follows, and says why
	call := &receiving{stream: stream}
	i.call.Store(call)
	defer i.call.CompareAndSwap(call, nil)
	if header, _ := stream.Header(); header != nil { // comes before there is any message
		again.reached = true
	}
	for {
		item, err := stream.Recv()
		if err != nil {
			return false, err
		}
		again.told()
		if !yield(item, nil) {
			call.finish(leave)
			return true, nil
		}
	}
}

// receiving is one call of ReceiveMessages.
type receiving struct {
	stream  grpc.BidiStreamingClient[wadv1.ReceiveMessagesRequest, wadv1.ReceiveMessagesResponse]
	sending sync.Mutex
	over    bool // there is no further request
}

// acknowledge has deliveries of this call or an earlier one forgotten.
func (r *receiving) acknowledge(ids []uint64) {
	r.sending.Lock()
	defer r.sending.Unlock()
	for some := range slices.Chunk(ids, mostIDs) {
		if !r.over {
			acknowledge := &wadv1.ReceiveMessagesRequest_Acknowledge{Acknowledge: &wadv1.Acknowledge{DeliveryIds: some}}
			_ = r.stream.Send(&wadv1.ReceiveMessagesRequest{Action: acknowledge}) // the loop learns why a stream ended
		}
	}
}

// finish says that there is no further request, and waits until the daemon ends the call, as it does then.
func (r *receiving) finish(leave context.CancelFunc) {
	tooLong := time.AfterFunc(grace, leave)
	defer tooLong.Stop()
	r.close()
	for {
		if _, err := r.stream.Recv(); err != nil {
			return
		}
	}
}

func (r *receiving) close() {
	r.sending.Lock()
	defer r.sending.Unlock()
	r.over = true
	_ = r.stream.CloseSend()
}
