// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.Posix;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.Delegate;
import jnr.ffi.types.size_t;
import org.jspecify.annotations.Nullable;

/**
 * How one {@link RequestLoop} has libfuse answer requests. libfuse answers while it processes, on
 * the same thread, so that an answer can be completed by what libfuse 2.9 does not know: files that
 * bypass the page cache take writes side by side.
 */
final class Channel {
  /** What libfuse's {@code struct fuse_chan_ops} holds: receive, send, destroy. */
  private static final int OPERATIONS_BYTES = 3 * Long.BYTES;

  private static final int SEND_AT = Long.BYTES;

  /** How libfuse sends an answer; 0 or the negative error number. */
  @FunctionalInterface
  public interface Send {
    @Delegate
    int send(Pointer channel, @Nullable Pointer vectors, @size_t long count);
  }

  private final LibFuse lib;
  private final Pointer session;
  private final int fd;

  /** The native side lives as long as this object is reachable. */
  private final Send send = this::send;

  private final Pointer channel;
  private int opcode;

  Channel(LibFuse lib, Pointer session, int fd) {
    this.lib = lib;
    this.session = session;
    this.fd = fd;
    NativeBuffer operations = new NativeBuffer(OPERATIONS_BYTES);
    Pointer function =
        Runtime.getSystemRuntime().getClosureManager().getClosurePointer(Send.class, send);
    operations.bytes().putLong(SEND_AT, function.address());
    channel = lib.fuse_chan_new(operations.address(), fd, Wire.REQUEST_BYTES, null);
  }

  /** Has libfuse process a request and answer it here; the answer to INIT is dropped. */
  void process(int requestOpcode, long address, long bytes) {
    opcode = requestOpcode;
    lib.fuse_session_process(session, address, bytes, channel);
  }

  /** Ends it; nothing may be processed any more. */
  void close() {
    lib.fuse_chan_destroy(channel);
  }

  private int send(Pointer self, @Nullable Pointer vectors, long count) {
    if (vectors == null || count == 0 || opcode == Wire.INIT) {
      return 0;
    }
    try {
      if (count > 1) {
        complete(vectors.getPointer(Wire.VECTOR_BYTES));
      }
      return (int) Math.min(0, Posix.writeMessage(fd, vectors.address(), (int) count));
    } catch (RuntimeException | Error e) {
      return -ErrnoException.EIO;
    }
  }

  private void complete(Pointer body) {
    if (opcode == Wire.OPEN) {
      allowParallelWrites(body, Wire.OPEN_FLAGS);
    } else if (opcode == Wire.CREATE) {
      allowParallelWrites(body, Wire.CREATE_FLAGS);
    }
  }

  private static void allowParallelWrites(Pointer body, int at) {
    int flags = body.getInt(at);
    if ((flags & Wire.FOPEN_DIRECT_IO) != 0) {
      body.putInt(at, flags | Wire.FOPEN_PARALLEL_DIRECT_WRITES);
    }
  }
}
