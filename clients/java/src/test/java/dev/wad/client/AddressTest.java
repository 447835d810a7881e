package dev.wad.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a daemon is looked for, and what is refused before anything is dialled. */
class AddressTest {
    /** A daemon is where the caller says, else where WAD_ADDRESS says, else at the first usual place that has a socket. */
    @Test
    void findsTheDaemon(@TempDir Path home) throws IOException {
        Path socket = home.resolve(".local/state/wad/run/wad.sock");
        Files.createDirectories(socket.getParent());
        Map<String, String> environment = Map.of("XDG_RUNTIME_DIR", home.toString(), "HOME", home.toString());
        WadException nowhere = assertThrows(WadException.class, () -> Address.find(null, environment));
        assertTrue(nowhere.getMessage().contains(socket.toString()), nowhere::getMessage);
        Files.createFile(socket);
        assertEquals("unix://" + socket, Address.find(null, environment).toString());
        Map<String, String> told = Map.of("WAD_ADDRESS", "unix:/run/other.sock", "HOME", home.toString());
        assertEquals("unix:///run/other.sock", Address.find(null, told).toString());
        assertEquals("wad.internal:7600", Address.find("wad.internal:7600", told).toString());
    }

    /** What is no address, and a file that holds no certificate, are refused at once. */
    @Test
    void refusesWhatIsOfNoUse(@TempDir Path home) throws IOException {
        for (String text : List.of("wad.internal", "wad.internal:0", "https://wad.internal:7600", "unix:")) {
            refused(WadClient.builder().target(text));
        }
        Path garbled = home.resolve("ca.pem");
        Files.writeString(garbled, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        refused(WadClient.builder().target("wad.internal:7600").caFile(garbled));
        refused(WadClient.builder().target("wad.internal:7600").caFile(home.resolve("absent.pem")));
        refused(WadClient.builder().target("wad.internal:7600").certificate(garbled, garbled));
        refused(WadClient.builder().target("unix:///run/wad/wad.sock").caFile(garbled));
    }

    private static void refused(WadClient.Builder builder) {
        assertEquals(
                Status.Code.INVALID_ARGUMENT,
                assertThrows(WadException.class, builder::connect).code());
    }
}
