package wad_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	wad "wad/clients/go"
	"wad/clients/go/wadv1"
)

// letters answers each call with the next scene of a play, then waits until no more is asked.
type letters struct {
	wadv1.UnimplementedMessageServiceServer
	mutex  sync.Mutex
	scenes []scene
	asked  [][]string // in short, what each call has asked
}

// scene is what one call is answered: with responses, a wait for one more request where there is none, and an error.
type scene struct {
	items []*wadv1.ReceiveMessagesResponse
	end   error
}

type lettersStream = grpc.BidiStreamingServer[wadv1.ReceiveMessagesRequest, wadv1.ReceiveMessagesResponse]

func (l *letters) ReceiveMessages(stream lettersStream) error {
	l.mutex.Lock()
	call, next := len(l.asked), l.scenes[0]
	l.scenes, l.asked = l.scenes[1:], append(l.asked, nil)
	l.mutex.Unlock()
	if err := errors.Join(stream.SendHeader(metadata.Pairs("x-request-id", "1")), l.ask(call, stream)); err != nil {
		return err
	}
	for _, item := range next.items {
		act := func() error { return stream.Send(item) }
		if item == nil {
			act = func() error { return l.ask(call, stream) }
		}
		if err := act(); err != nil {
			return err
		}
	}
	for next.end == nil {
		if err := l.ask(call, stream); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
	return next.end
}

// ask notes one more request of a call.
func (l *letters) ask(call int, stream lettersStream) error {
	request, err := stream.Recv()
	if err == nil {
		l.mutex.Lock()
		defer l.mutex.Unlock()
		if receive := request.GetReceive(); receive != nil {
			l.asked[call] = append(l.asked[call], fmt.Sprint(receive.GetSessionIds(), " ", receive.GetMaxUnacknowledged()))
		} else {
			l.asked[call] = append(l.asked[call], fmt.Sprint(request.GetAcknowledge().GetDeliveryIds()))
		}
	}
	return err
}

// was fails unless the calls have asked that.
func (l *letters) was(t *testing.T, want ...string) {
	t.Helper()
	l.mutex.Lock()
	defer l.mutex.Unlock()
	var got []string
	for _, call := range l.asked {
		got = append(got, strings.Join(call, ", "))
	}
	if !slices.Equal(got, want) {
		t.Fatalf("the calls have asked %q, want %q", got, want)
	}
}

// inbox returns an inbox that the service fills; no goroutine may be left once the client and the server are gone.
func inbox(t *testing.T, service wadv1.MessageServiceServer) *wad.Inbox {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		for end := time.Now().Add(patience); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%d goroutines are left", runtime.NumGoroutine()-before)
			}
		}
	})
	client := served(t, func(server *grpc.Server) { wadv1.RegisterMessageServiceServer(server, service) })
	return client.Receive(&wadv1.Receive{SessionIds: []string{"ada"}, MaxUnacknowledged: 2})
}

func delivery(id uint64) *wadv1.ReceiveMessagesResponse {
	return &wadv1.ReceiveMessagesResponse{Item: &wadv1.ReceiveMessagesResponse_Delivery{Delivery: &wadv1.Delivery{DeliveryId: id}}}
}

var (
	receipt = &wadv1.ReceiveMessagesResponse{Item: &wadv1.ReceiveMessagesResponse_Receipt{Receipt: &wadv1.MessageReceipt{}}}
	asked   *wadv1.ReceiveMessagesResponse // the service waits for one more request
)

// What was not acknowledged comes again after whatever interrupts an inbox, which then asks for the same.
func TestReceivesAgainWhatWasNotAcknowledged(t *testing.T) {
	for _, end := range []error{draining, broken} {
		service := &letters{scenes: []scene{
			{[]*wadv1.ReceiveMessagesResponse{delivery(1), receipt, delivery(2), asked}, end},
			{[]*wadv1.ReceiveMessagesResponse{delivery(2)}, refusal},
		}}
		inbox := inbox(t, service)
		var seen []uint64
		for item, err := range inbox.Items(context.Background()) {
			if err != nil {
				refused(t, err, codes.PermissionDenied, "PERMISSION_DENIED")
				continue
			}
			seen = append(seen, item.GetDelivery().GetDeliveryId())
			if len(seen) == 3 {
				inbox.Acknowledge(delivery(1).GetDelivery())
			}
		}
		if want := []uint64{1, 0, 2, 2}; !slices.Equal(seen, want) {
			t.Fatalf("gave out %v, want %v", seen, want)
		}
		service.was(t, "[ada] 2, [1]", "[ada] 2")
	}
}

// What came before an interruption can be acknowledged after it; a receipt, which has no delivery, is left alone.
func TestAcknowledgesWhatCameBefore(t *testing.T) {
	service := &letters{scenes: []scene{
		{[]*wadv1.ReceiveMessagesResponse{delivery(1)}, broken},
		{[]*wadv1.ReceiveMessagesResponse{receipt}, nil},
	}}
	inbox := inbox(t, service)
	for item, err := range inbox.Items(context.Background()) {
		must(t, err)
		if item.GetReceipt() != nil {
			inbox.Acknowledge(item.GetDelivery(), delivery(1).GetDelivery())
			break
		}
	}
	service.was(t, "[ada] 2", "[ada] 2, [1]")
}

// What is more than one request may acknowledge is acknowledged by several.
func TestAcknowledgesAnyNumberAtOnce(t *testing.T) {
	service := &letters{scenes: []scene{{[]*wadv1.ReceiveMessagesResponse{delivery(1)}, nil}}}
	inbox := inbox(t, service)
	deliveries := slices.Repeat([]*wadv1.Delivery{delivery(1).GetDelivery()}, 1001)
	for _, err := range inbox.Items(context.Background()) {
		must(t, err)
		inbox.Acknowledge(deliveries...)
		break
	}
	service.was(t, "[ada] 2, ["+strings.Repeat("1 ", 999)+"1], [1]")
}

// What was acknowledged before a loop is left is acknowledged, however much waits to be handed out, and a connection that
// breaks before there is anything to tell is made again.
func TestDeliversTheLastAcknowledgements(t *testing.T) {
	many := scene{}
	for id := range uint64(100) {
		many.items = append(many.items, delivery(id+1))
	}
	service := &letters{scenes: []scene{{nil, broken}, many}}
	inbox := inbox(t, service)
	for item, err := range inbox.Items(context.Background()) {
		must(t, err)
		inbox.Acknowledge(item.GetDelivery())
		if item.GetDelivery().GetDeliveryId() == 3 {
			break
		}
	}
	service.was(t, "[ada] 2", "[ada] 2, [1], [2], [3]")
	inbox.Acknowledge(delivery(4).GetDelivery()) // nobody is left to be told
}

// An inbox whose context ends says so, whether it waits for a message or for another try.
func TestReceivesUntilItsContextEnds(t *testing.T) {
	for _, end := range []error{nil, failure(codes.Unavailable, "DRAINING", time.Hour)} {
		inbox := inbox(t, &letters{scenes: []scene{{nil, end}}})
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(50*time.Millisecond, cancel) // most likely while the inbox waits
		for _, err := range inbox.Items(ctx) {
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("ended with %v", err)
			}
		}
	}
}
