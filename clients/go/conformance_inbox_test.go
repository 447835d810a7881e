package wad_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	wad "wad/clients/go"
	"wad/clients/go/wadv1"
)

// phoneOf returns the phone number of a session that was just linked.
func phoneOf(steps []*wadv1.LinkSessionResponse) string {
	jid := steps[len(steps)-1].GetSession().GetUser().GetJid()
	return jid[:strings.IndexAny(jid, ":@")]
}

// send sends a text from a session to a phone, and returns the message's id.
func send(ctx context.Context, t *testing.T, client *wad.Client, id, to, text string) string {
	t.Helper()
	sent, err := client.Messages.SendMessage(ctx, &wadv1.SendMessageRequest{SessionId: id, To: to, Text: text})
	must(t, err)
	return sent.GetMessageId()
}

// untilForgotten waits until a message is kept no more.
func untilForgotten(ctx context.Context, t *testing.T, client *wad.Client, id, messageID string) {
	t.Helper()
	for {
		if _, err := client.GetMessage(ctx, id, messageID); err != nil {
			refused(t, err, codes.NotFound, "MESSAGE_NOT_FOUND")
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// A message comes with what it says, is kept until it is acknowledged, and its sender learns that it has arrived.
func TestReceivesWhatOthersSend(t *testing.T) {
	ctx, stage := onStage(t)
	client, ada, bob := stage.local(t), anyID(), anyID()
	link(ctx, t, stage, client, ada)
	phone := phoneOf(link(ctx, t, stage, client, bob))
	early := send(ctx, t, client, ada, phone, "early")
	var (
		sent    string
		told    *wadv1.Delivery
		receipt *wadv1.MessageReceipt
	)
	inbox := client.Receive(&wadv1.Receive{SessionIds: []string{ada, bob}})
	for item, err := range inbox.Items(ctx) {
		must(t, err)
		switch {
		case item.GetDelivery().GetMessage().GetMessageId() == early: // so the inbox is open, and will not miss the receipt
			sent = send(ctx, t, client, ada, phone, "hello")
		case item.GetDelivery() != nil:
			told = item.GetDelivery()
		case item.GetReceipt().GetMessageId() == sent:
			receipt = item.GetReceipt()
		}
		if told != nil && receipt != nil {
			inbox.Acknowledge(told)
			break
		}
	}
	message := told.GetMessage()
	if message.GetSessionId() != bob || message.GetMessageId() != sent || message.GetText() != "hello" ||
		message.GetKind() != wadv1.MessageKind_MESSAGE_KIND_TEXT {
		t.Fatalf("received %v", message)
	}
	untilForgotten(ctx, t, client, bob, sent)
	kept, err := client.GetMessage(ctx, ada, sent)
	must(t, err)
	delivered := wadv1.MessageStatus_MESSAGE_STATUS_DELIVERED
	if receipt.GetSessionId() != ada || receipt.GetStatus() != delivered || kept.GetStatus() != delivered ||
		kept.GetDirection() != wadv1.MessageDirection_MESSAGE_DIRECTION_SENT {
		t.Fatalf("told %v, then %v", receipt, kept)
	}
}

// After a restart of the daemon a message that was not acknowledged comes again, one that was does not.
func TestReceivesAgainAfterARestart(t *testing.T) {
	ctx, stage := onStage(t)
	client, carol, dave := stage.local(t), anyID(), anyID()
	link(ctx, t, stage, client, carol)
	phone := phoneOf(link(ctx, t, stage, client, dave))
	one, two, three := send(ctx, t, client, carol, phone, "one"), send(ctx, t, client, carol, phone, "two"), ""
	inbox := client.Receive(&wadv1.Receive{SessionIds: []string{dave}})
	var seen []string
	var first *wadv1.Delivery
	for item, err := range inbox.Items(ctx) {
		must(t, err)
		seen = append(seen, item.GetDelivery().GetMessage().GetText())
		switch len(seen) {
		case 1:
			first = item.GetDelivery()
		case 2:
			inbox.Acknowledge(first)
			untilForgotten(ctx, t, client, dave, one)
			stage.post(t, "/restart", nil)
			inbox.Acknowledge(first)
		case 3:
			inbox.Acknowledge(first, item.GetDelivery())
			link(ctx, t, stage, client, carol)
			three = send(ctx, t, client, carol, phone, "three")
		default:
			inbox.Acknowledge(item.GetDelivery())
		}
		if len(seen) == 4 {
			break
		}
	}
	if want := []string{"one", "two", "two", "three"}; !slices.Equal(seen, want) {
		t.Fatalf("received %q, want %q", seen, want)
	}
	for _, messageID := range []string{two, three} {
		untilForgotten(ctx, t, client, dave, messageID)
	}
}
