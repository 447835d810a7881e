package dev.wad.client;

import static dev.wad.client.WadClient.call;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.wad.v1.CreateSessionRequest;
import dev.wad.v1.CreateSessionResponse;
import dev.wad.v1.Delivery;
import dev.wad.v1.GetSessionRequest;
import dev.wad.v1.LinkSessionResponse;
import dev.wad.v1.ListSessionsRequest;
import dev.wad.v1.Message;
import dev.wad.v1.MessageDirection;
import dev.wad.v1.MessageKind;
import dev.wad.v1.MessageReceipt;
import dev.wad.v1.MessageStatus;
import dev.wad.v1.Receive;
import dev.wad.v1.ReceiveMessagesResponse;
import dev.wad.v1.SendMessageRequest;
import dev.wad.v1.SessionState;
import dev.wad.v1.WatchEventsRequest;
import dev.wad.v1.WatchEventsResponse;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What the clients in all languages promise, against a live daemon; the timeout is many times what anything needs. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConformanceTest {
    /** A session whose QR is scanned ends connected, and the loop with it. */
    @Test
    void linksASession() {
        Stage stage = new Stage();
        try (WadClient client = stage.local()) {
            List<LinkSessionResponse> steps = link(stage, client, anyId());
            LinkSessionResponse last = steps.get(steps.size() - 1);
            assertTrue(last.hasConnected(), last::toString);
            assertEquals(SessionState.SESSION_STATE_CONNECTED, last.getSession().getState());
            assertFalse(last.getSession().getUser().getJid().isEmpty());
        }
    }

    /** A loop that is left early leaves the session as it is, and linking it again goes on with it. */
    @Test
    void leavesAndReturns() {
        Stage stage = new Stage();
        try (WadClient client = stage.local()) {
            String id = anyId();
            long generation = 0;
            try (Responses<LinkSessionResponse> steps = client.link(id)) {
                for (LinkSessionResponse step : steps) {
                    if (step.getSession().hasQr()) {
                        generation = step.getSession().getGeneration();
                        break;
                    }
                }
            }
            List<LinkSessionResponse> steps = link(stage, client, id);
            assertEquals(generation, steps.get(0).getSession().getGeneration());
            assertTrue(steps.get(0).getSession().hasQr());
            assertTrue(steps.get(steps.size() - 1).hasConnected());
        }
    }

    /** A watch begins with what there is, then {@code synced}, then tells what happens. */
    @Test
    void watchSeesSnapshotThenLive() {
        Stage stage = new Stage();
        try (WadClient client = stage.local()) {
            String before = anyId();
            String after = anyId();
            create(client, before);
            boolean synced = false;
            try (Watch watch = client.watch(only(before, after))) {
                for (WatchEventsResponse item : watch) {
                    if (item.hasSnapshot()) {
                        assertFalse(synced);
                        assertEquals(before, item.getSnapshot().getSessionId());
                    } else if (item.hasSynced()) {
                        synced = true;
                        create(client, after);
                    } else if (item.getEvent().getSession().getSessionId().equals(after)) {
                        assertTrue(synced);
                        break;
                    }
                }
            }
        }
    }

    /** A watch goes on through a restart of the daemon: it says where it begins anew, and repeats and mixes up nothing. */
    @Test
    void watchSurvivesARestart() {
        Stage stage = new Stage();
        try (WadClient client = stage.local()) {
            String linked = anyId();
            String before = anyId();
            String after = anyId();
            link(stage, client, linked);
            boolean restarted = false;
            boolean reset = false;
            boolean synced = false;
            long sequence = 0;
            Set<String> tokens = new HashSet<>();
            Set<String> snapshot = new HashSet<>();
            try (Watch watch = client.watch(only(linked, before, after))) {
                for (WatchEventsResponse item : watch) {
                    assertTrue(item.getToken().isEmpty() || tokens.add(item.getToken()), () -> item + " was told twice");
                    if (item.hasReset()) {
                        reset = true;
                        synced = false;
                        sequence = 0;
                        snapshot.clear();
                    } else if (item.hasSnapshot()) {
                        snapshot.add(item.getSnapshot().getSessionId());
                    } else if (item.hasSynced()) {
                        synced = true;
                        create(client, restarted ? after : before);
                    } else {
                        assertTrue(synced && item.getEvent().getSequence() > sequence, () -> item + " is out of order");
                        sequence = item.getEvent().getSequence();
                        String id = item.getEvent().getSession().getSessionId();
                        if (id.equals(before) && !restarted) {
                            restarted = true;
                            stage.restart();
                        } else if (id.equals(after)) {
                            break;
                        }
                    }
                }
            }
            assertTrue(reset);
            assertTrue(snapshot.contains(linked) && !snapshot.contains(after), snapshot::toString);
        }
    }

    /** A message comes with what it says, is kept until it is acknowledged, and its sender learns that it has arrived. */
    @Test
    void receivesWhatOthersSend() {
        Stage stage = new Stage();
        try (WadClient client = stage.local()) {
            String ada = anyId();
            String bob = anyId();
            link(stage, client, ada);
            String phone = phoneOf(link(stage, client, bob));
            String early = send(client, ada, phone, "early");
            String sent = "";
            Delivery told = null;
            MessageReceipt receipt = null;
            try (Inbox inbox = client.receive(from(ada, bob))) {
                for (ReceiveMessagesResponse item : inbox) {
                    if (item.getDelivery().getMessage().getMessageId().equals(early)) {
                        sent = send(client, ada, phone, "hello"); // the inbox is open, and will not miss the receipt
                    } else if (item.hasDelivery()) {
                        told = item.getDelivery();
                    } else if (item.getReceipt().getMessageId().equals(sent)) {
                        receipt = item.getReceipt();
                    }
                    if (told != null && receipt != null) {
                        assertEquals(told.getMessage(), client.getMessage(bob, sent));
                        inbox.acknowledge(told);
                        break;
                    }
                }
            }
            assertEquals(bob, told.getMessage().getSessionId());
            assertEquals(sent, told.getMessage().getMessageId());
            assertEquals("hello", told.getMessage().getText());
            assertEquals(MessageKind.MESSAGE_KIND_TEXT, told.getMessage().getKind());
            untilForgotten(client, bob, sent);
            Message kept = client.getMessage(ada, sent);
            assertEquals(MessageDirection.MESSAGE_DIRECTION_SENT, kept.getDirection());
            assertEquals(MessageStatus.MESSAGE_STATUS_DELIVERED, kept.getStatus());
            assertEquals(MessageStatus.MESSAGE_STATUS_DELIVERED, receipt.getStatus());
            assertEquals(ada, receipt.getSessionId());
        }
    }

    /** After a restart of the daemon a message that was not acknowledged comes again, one that was does not. */
    @Test
    void receivesAgainAfterARestart() {
        Stage stage = new Stage();
        try (WadClient client = stage.local()) {
            String carol = anyId();
            String dave = anyId();
            link(stage, client, carol);
            String phone = phoneOf(link(stage, client, dave));
            String one = send(client, carol, phone, "one");
            String two = send(client, carol, phone, "two");
            String three;
            try (Inbox inbox = client.receive(from(dave))) {
                Delivery first = inbox.next().getDelivery();
                Delivery second = inbox.next().getDelivery();
                assertEquals(one, first.getMessage().getMessageId());
                assertEquals(two, second.getMessage().getMessageId());
                inbox.acknowledge(first);
                untilForgotten(client, dave, one);
                stage.restart();
                inbox.acknowledge(first);
                assertEquals(second, inbox.next().getDelivery());
                inbox.acknowledge(first, second);
                link(stage, client, carol);
                three = send(client, carol, phone, "three");
                Delivery third = inbox.next().getDelivery();
                assertEquals(three, third.getMessage().getMessageId());
                inbox.acknowledge(third);
            }
            untilForgotten(client, dave, two);
            untilForgotten(client, dave, three);
        }
    }

    /** What the daemon refuses has its reason, what belongs to it, and the fields that are wrong. */
    @Test
    void mapsErrors() {
        Stage stage = new Stage();
        try (WadClient client = stage.local()) {
            String id = anyId();
            WadException unknown = refused(Status.Code.NOT_FOUND, "SESSION_NOT_FOUND", () -> get(client, id));
            assertEquals(id, unknown.metadata().get("session_id"));
            WadException bad = refused(
                    Status.Code.INVALID_ARGUMENT, "INVALID_SESSION_ID", () -> client.link("../etc").next());
            assertEquals(1, bad.violations().size());
            assertEquals("session_id", bad.violations().get(0).field());
            assertTrue(bad.retryAfter().isEmpty());
            refused(Status.Code.INVALID_ARGUMENT, "INVALID_INPUT", () -> client.watch(only("../etc")).next());
            refused(Status.Code.INVALID_ARGUMENT, "INVALID_INPUT", () -> client.receive(from("../etc")).next());
        }
    }

    /** Who shows no token at the encrypted listener is refused. */
    @Test
    void refusesWithoutToken() {
        Stage stage = new Stage();
        try (WadClient client = stage.remote("")) {
            refused(Status.Code.UNAUTHENTICATED, "CREDENTIALS_REQUIRED", () -> list(client));
        }
    }

    /** A token that the daemon does not know is refused, and ends a watch and an inbox. */
    @Test
    void refusesAWrongToken() {
        Stage stage = new Stage();
        try (WadClient client = stage.remote("wad_0000_wrong")) {
            refused(Status.Code.UNAUTHENTICATED, "TOKEN_INVALID", () -> client.watch().next());
            refused(Status.Code.UNAUTHENTICATED, "TOKEN_INVALID", () -> client.receive().next());
        }
    }

    /** Who may only look may not create. */
    @Test
    void refusesBeyondRole() {
        Stage stage = new Stage();
        try (WadClient client = stage.remote("viewer_token")) {
            list(client);
            WadException error =
                    refused(Status.Code.PERMISSION_DENIED, "PERMISSION_DENIED", () -> create(client, anyId()));
            assertTrue(error.metadata().containsKey("required_role"));
        }
    }

    /** Who asks for a session beyond its own learns not even whether there is one. */
    @Test
    void refusesBeyondScope() {
        Stage stage = new Stage();
        try (WadClient local = stage.local();
                WadClient other = stage.remote("other_token")) {
            String there = anyId();
            create(local, there);
            create(other, "other-" + there);
            for (String id : List.of(there, anyId())) {
                WadException error = refused(Status.Code.PERMISSION_DENIED, "PERMISSION_DENIED", () -> get(other, id));
                assertEquals(id, error.metadata().get("session_id"));
            }
        }
    }

    /** Where nobody answers, the error says where that is, and no call waits for somebody to come. */
    @Test
    void namesTheAddressOfAnUnreachableDaemon(@TempDir Path nowhere) {
        String target = "unix://" + nowhere.resolve("wad.sock");
        try (WadClient client = WadClient.builder().target(target).connect()) {
            List<Executable> calls = List.of(
                    () -> list(client),
                    () -> client.link("any").next(),
                    () -> client.watch().next(),
                    () -> client.receive().next());
            for (Executable attempt : calls) {
                String message = refused(Status.Code.UNAVAILABLE, "", attempt).getMessage();
                assertTrue(message.contains(target), message);
            }
        }
    }

    private static String anyId() {
        return "java-%08x".formatted(ThreadLocalRandom.current().nextInt());
    }

    private static WatchEventsRequest only(String... ids) {
        return WatchEventsRequest.newBuilder().addAllSessionIds(List.of(ids)).build();
    }

    private static Receive from(String... ids) {
        return Receive.newBuilder().addAllSessionIds(List.of(ids)).build();
    }

    /** Returns the phone number of a session that was just linked. */
    private static String phoneOf(List<LinkSessionResponse> steps) {
        return steps.get(steps.size() - 1).getSession().getUser().getJid().split("[:@]")[0];
    }

    /** Sends a text from a session to a phone, and returns the message's id. */
    private static String send(WadClient client, String id, String to, String text) {
        SendMessageRequest request = SendMessageRequest.newBuilder()
                .setSessionId(id)
                .setTo(to)
                .setText(text)
                .build();
        return call(() -> client.messages().sendMessage(request)).getMessageId();
    }

    /** Waits until a message is kept no more; the test's timeout bounds it. */
    private static void untilForgotten(WadClient client, String id, String messageId) {
        while (true) {
            try {
                client.getMessage(id, messageId);
                Thread.sleep(20);
            } catch (WadException error) {
                assertEquals("MESSAGE_NOT_FOUND", error.reason(), error::getMessage);
                return;
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }
    }

    private static CreateSessionResponse create(WadClient client, String id) {
        return call(() -> client.sessions()
                .createSession(CreateSessionRequest.newBuilder().setSessionId(id).build()));
    }

    private static void get(WadClient client, String id) {
        call(() -> client.sessions().getSession(GetSessionRequest.newBuilder().setSessionId(id).build()));
    }

    private static void list(WadClient client) {
        call(() -> client.sessions().listSessions(ListSessionsRequest.getDefaultInstance()));
    }

    private static WadException refused(Status.Code code, String reason, Executable attempt) {
        WadException error = assertThrows(WadException.class, attempt);
        assertEquals(code, error.code(), error::getMessage);
        assertEquals(reason, error.reason(), error::getMessage);
        return error;
    }

    /** Links a session, and returns its steps. */
    private static List<LinkSessionResponse> link(Stage stage, WadClient client, String id) {
        List<LinkSessionResponse> seen = new ArrayList<>();
        boolean scanned = false;
        try (Responses<LinkSessionResponse> steps = client.link(id)) {
            for (LinkSessionResponse step : steps) {
                seen.add(step);
                if (step.getSession().hasQr() && !scanned) {
                    scanned = true;
                    stage.scan(step.getSession().getQr().getCode());
                }
            }
        }
        return seen;
    }
}
