package io.augserve.onnx.runtime;

import org.jspecify.annotations.Nullable;

/**
 * A native object with its owner and its dependants counted. {@link #close()} gives up the owner's share, once; the object is released when the last
 * dependant has gone too, and then it lets go of the object it came from. So closing in any order is safe. Thread-safe, as far as nobody uses the
 * object while its owner closes it.
 */
final class NativeHandle implements AutoCloseable {
    private final String what;
    private final long address;
    private final Runnable release;
    private final @Nullable NativeHandle parent;
    private int shares = 1;
    private boolean closed;

    /**
     * @param what names the object in error messages
     * @param parent the object that must outlive this one, if any
     * @param release releases the native object and what belongs to it; called once
     */
    NativeHandle(String what, long address, @Nullable NativeHandle parent, Runnable release) {
        this.what = what;
        this.address = address;
        this.release = release;
        this.parent = parent;
        if (parent != null) {
            parent.retain();
        }
    }

    /** The native pointer. @throws IllegalStateException if the owner has closed the object */
    long address() {
        if (closed) {
            throw new IllegalStateException(what + " is closed");
        }
        return address;
    }

    private synchronized void retain() {
        if (shares == 0) {
            throw new IllegalStateException(what + " is closed");
        }
        shares++;
    }

    private void drop() {
        synchronized (this) {
            if (--shares > 0) {
                return;
            }
        }
        release.run();
        if (parent != null) {
            parent.drop();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        drop();
    }
}
