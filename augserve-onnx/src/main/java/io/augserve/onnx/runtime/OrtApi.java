package io.augserve.onnx.runtime;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The function table of one loaded library. {@link #call} and {@link #create} are the comfortable way, for what happens at start-up; what happens in
 * every step goes through the constant handles of {@link HotCalls}. Thread-safe.
 */
final class OrtApi {
    /** The table is asked for by version; every library from 1.24 on answers this one. */
    static final int VERSION = 24;

    private static final int ORT_FAIL = 1;
    private static final AddressLayout ADDRESS = ValueLayout.ADDRESS;

    private final MemorySegment table;
    /** By slot, made when first needed. */
    private final AtomicReferenceArray<@Nullable MethodHandle> handles = new AtomicReferenceArray<>(OrtFunction.SLOTS);

    /** @param table the struct OrtApi that OrtApiBase.GetApi returned */
    OrtApi(MemorySegment table) {
        this.table = table.reinterpret(OrtFunction.SLOTS * ADDRESS.byteSize());
    }

    /** The function's address, to be passed to a handle of {@link HotCalls}. */
    MemorySegment function(OrtFunction function) {
        return table.getAtIndex(ADDRESS, function.slot());
    }

    private MethodHandle handle(OrtFunction function) {
        MethodHandle handle = handles.get(function.slot());
        if (handle == null) {
            handle = Linker.nativeLinker().downcallHandle(function(function), function.descriptor());
            handles.set(function.slot(), handle);
        }
        return handle;
    }

    /** Calls a function that returns a status. Pointers are {@code Long}, or a {@link MemorySegment} for its address. */
    void call(OrtFunction function, Object... arguments) {
        check((long) invoke(function, arguments));
    }

    /** Calls a function whose last parameter receives a pointer, and returns that pointer. */
    long create(OrtFunction function, Object... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(CType.POINTER);
            Object[] all = Arrays.copyOf(arguments, arguments.length + 1);
            all[arguments.length] = result;
            call(function, all);
            return result.get(CType.POINTER, 0);
        }
    }

    void release(OrtFunction function, long address) {
        invoke(function, address);
    }

    /** Throws the message of a status that is not null, and releases it. */
    void check(long status) {
        if (status != 0) {
            throw takeError(status);
        }
    }

    /** A status for ONNX Runtime to own; it copies the message. */
    long failure(String message) {
        try (Arena arena = Arena.ofConfined()) {
            return (long) invoke(OrtFunction.CREATE_STATUS, ORT_FAIL, arena.allocateFrom(message));
        }
    }

    private OrtException takeError(long status) {
        try {
            return new OrtException(string((long) invoke(OrtFunction.GET_ERROR_MESSAGE, status)));
        } finally {
            release(OrtFunction.RELEASE_STATUS, status);
        }
    }

    /** The zero-terminated UTF-8 string at an address. */
    static String string(long address) {
        return MemorySegment.ofAddress(address).reinterpret(Long.MAX_VALUE).getString(0);
    }

    private Object invoke(OrtFunction function, Object... arguments) {
        Object[] raw = new Object[arguments.length];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = arguments[i] instanceof MemorySegment segment ? (Object) segment.address() : arguments[i];
        }
        try {
            return handle(function).invokeWithArguments(raw);
        } catch (Throwable e) {
            throw wrongCall(function.descriptor(), e);
        }
    }

    /** A downcall throws only if its arguments do not fit its signature. */
    static AssertionError wrongCall(FunctionDescriptor descriptor, Throwable cause) {
        return new AssertionError("arguments do not fit " + descriptor, cause);
    }
}
