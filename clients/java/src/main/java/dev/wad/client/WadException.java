package dev.wad.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says why a call failed. */
public final class WadException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final String DOMAIN = "wad.v1";
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private final Status.Code code;
    private final String message;
    private final String reason;
    private final Map<String, String> metadata;
    private final Duration retryAfter;
    private final List<Violation> violations;

    /**
     * What was wrong with one field of a request.
     *
     * @param field its path
     * @param description what was wrong
     */
    public record Violation(String field, String description) implements Serializable {}

    WadException(Status.Code code, String message) {
        this(code, message, ErrorInfo.getDefaultInstance(), null, List.of(), null);
    }

    private WadException(
            Status.Code code, String message, ErrorInfo info, Duration retryAfter, List<Violation> violations, Throwable cause) {
        super((info.getReason().isEmpty() ? code.name() : info.getReason()) + ": " + message, cause);
        this.code = code;
        this.message = message;
        this.reason = info.getReason();
        this.metadata = Map.copyOf(info.getMetadataMap());
        this.retryAfter = retryAfter;
        this.violations = violations;
    }

    /** Keeps the thread interrupted, and returns what to throw for it. */
    static WadException interrupted() {
        Thread.currentThread().interrupt();
        return new WadException(Status.Code.CANCELLED, "The thread was interrupted while it waited for the daemon.");
    }

    /** Returns what is known about a call that a stub has made and that failed. */
    public static WadException of(StatusRuntimeException error) {
        ErrorInfo info = ErrorInfo.getDefaultInstance();
        Duration retryAfter = null;
        List<Violation> violations = List.of();
        try {
            for (Any detail : details(error.getTrailers())) {
                if (detail.is(ErrorInfo.class)) {
                    ErrorInfo found = detail.unpack(ErrorInfo.class);
                    info = found.getDomain().equals(DOMAIN) ? found : info;
                } else if (detail.is(RetryInfo.class)) {
                    var delay = detail.unpack(RetryInfo.class).getRetryDelay();
                    retryAfter = Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
                } else if (detail.is(BadRequest.class)) {
                    violations = detail.unpack(BadRequest.class).getFieldViolationsList().stream()
                            .map(violation -> new Violation(violation.getField(), violation.getDescription()))
                            .toList();
                }
            }
        } catch (InvalidProtocolBufferException unreadable) {
            error.addSuppressed(unreadable); // whoever answered is not the daemon; the status says what there is to say
        }
        Status status = error.getStatus();
        String message = status.getDescription() == null ? "" : status.getDescription();
        return new WadException(status.getCode(), message, info, retryAfter, violations, error);
    }

    private static List<Any> details(Metadata trailers) throws InvalidProtocolBufferException {
        byte[] packed = trailers == null ? null : trailers.get(DETAILS);
        return packed == null ? List.of() : com.google.rpc.Status.parseFrom(packed).getDetailsList();
    }

    /** Returns the status. */
    public Status.Code code() {
        return code;
    }

    /** Returns what happened and what to do, for people; {@link #getMessage} begins with the reason. */
    public String message() {
        return message;
    }

    /**
     * Returns, for programs, a name of {@code dev.wad.v1.ErrorReason} without its prefix, or one of a later daemon; empty
     * when the failure was not the daemon's, as when it cannot be reached.
     */
    public String reason() {
        return reason;
    }

    /** Returns what belongs to the reason, such as its {@code session_id}. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** Returns how long to wait before another try, unless the daemon does not say that one makes sense. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Returns what was wrong with the request's fields. */
    public List<Violation> violations() {
        return violations;
    }
}
