package wad_test

import (
	"context"
	"fmt"
	"log"

	wad "wad/clients/go"
	"wad/clients/go/wadv1"
)

func Example() {
	ctx := context.Background()
	client, err := wad.Connect(wad.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	for step, err := range client.Link(ctx, &wadv1.LinkSessionRequest{SessionId: "sales-1"}) {
		if err != nil {
			log.Fatal(err)
		}
		if qr := step.GetQrIssued().GetQr(); qr != nil {
			fmt.Println("show this as a QR:", qr.GetCode())
		}
	}
	for item, err := range client.Watch(&wadv1.WatchEventsRequest{}).Items(ctx) {
		fmt.Println(item, err) // through restarts of the daemon; an error is the last
	}
}

func ExampleClient_Receive() {
	ctx := context.Background()
	client, err := wad.Connect(wad.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	inbox := client.Receive(&wadv1.Receive{})
	for item, err := range inbox.Items(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		if delivery := item.GetDelivery(); delivery != nil {
			fmt.Println(delivery.GetMessage().GetChat(), delivery.GetMessage().GetText())
			inbox.Acknowledge(delivery) // until then it comes again
		}
	}
}
