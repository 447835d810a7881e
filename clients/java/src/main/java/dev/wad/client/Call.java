package dev.wad.client;

import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.function.Supplier;

/** Responses of one call of a stub, which can be ended early. */
final class Call<T> implements Responses<T> {
    private final Context.CancellableContext context = Context.current().withCancellation();
    private final Iterator<T> responses;

    Call(Supplier<Iterator<T>> begin) {
        Context before = context.attach();
        try {
            responses = begin.get();
        } finally {
            context.detach(before);
        }
    }

    @Override
    public boolean hasNext() {
        try {
            return responses.hasNext();
        } catch (StatusRuntimeException error) {
            if (context.isCancelled()) {
                return false;
            }
            throw WadException.of(error);
        }
    }

    @Override
    public T next() {
        try {
            return responses.next();
        } catch (StatusRuntimeException error) {
            throw WadException.of(error);
        }
    }

    @Override
    public void close() {
        context.cancel(null);
    }
}
