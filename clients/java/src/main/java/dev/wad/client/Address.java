package dev.wad.client;

import io.grpc.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where a daemon is.
 *
 * @param socket path of its unix socket, or null
 * @param hostPort its host with a port, or null
 */
record Address(Path socket, String hostPort) {
    static final String WAY_ON = "Start one with `wad serve`, or say where it is with `target` or WAD_ADDRESS.";

    /**
     * Returns the daemon's address: the one given, else that of WAD_ADDRESS, else the first socket at the usual places.
     *
     * @throws WadException it is no address, or there is no socket at the usual places
     */
    static Address find(String given, Map<String, String> environment) {
        String text = given != null ? given : environment.getOrDefault("WAD_ADDRESS", "");
        if (!text.isEmpty()) {
            return parse(text);
        }
        List<Path> places = defaultSockets(environment);
        return places.stream()
                .filter(Files::exists)
                .findFirst()
                .map(path -> new Address(path, null))
                .orElseThrow(() -> new WadException(
                        Status.Code.UNAVAILABLE,
                        "The wad daemon is not running here: there is no socket at %s. %s".formatted(
                                places.stream().map(Path::toString).collect(Collectors.joining(", ")), WAY_ON)));
    }

    /** Returns where a daemon's unix socket is looked for, in this order. */
    private static List<Path> defaultSockets(Map<String, String> environment) {
        List<Path> places = new ArrayList<>();
        String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        if (!runtime.isEmpty()) {
            places.add(Path.of(runtime, "wad", "wad.sock"));
        }
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        Path home = Path.of(environment.getOrDefault("HOME", ""), ".local", "state");
        places.add((state.isEmpty() ? home : Path.of(state)).resolve(Path.of("wad", "run", "wad.sock")));
        places.add(Path.of("/run/wad/wad.sock"));
        return places;
    }

    private static Address parse(String text) {
        if (text.matches("unix:(//)?.+")) {
            return new Address(Path.of(text.replaceFirst("unix:(//)?", "")).toAbsolutePath(), null);
        }
        if (text.matches("[^/]+:\\d{1,5}")) {
            int port = Integer.parseInt(text.substring(text.lastIndexOf(':') + 1));
            if (0 < port && port < 1 << 16) {
                return new Address(null, text);
            }
        }
        throw new WadException(
                Status.Code.INVALID_ARGUMENT,
                "\"%s\" is not an address; use unix:///path/to/wad.sock or host:port.".formatted(text));
    }

    /** Returns the address as people write it. */
    @Override
    public String toString() {
        return socket != null ? "unix://" + socket : hostPort;
    }
}
