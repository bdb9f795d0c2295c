// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import io.github.vdiskfs.disk.Volume;
import io.github.vdiskfs.mount.DiskFileSystem;
import io.github.vdiskfs.mount.StalePages;
import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.Posix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes requests from the kernel, for one thread. Every request is answered: here where it is about
 * bytes of an open disk, by libfuse otherwise.
 *
 * <p>A request is read so that the payload of a WRITE would start on a page boundary; a reply is
 * two pieces, the header and the page-aligned payload. No buffer is allocated per request.
 */
final class RequestLoop {
  private static final Logger log = LoggerFactory.getLogger(RequestLoop.class);

  private static final byte[] SECURITY = "security.".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SYSTEM = "system.".getBytes(StandardCharsets.US_ASCII);

  /** Requests start here in their buffer, so that byte 80, where WRITE's payload is, is aligned. */
  private static final int REQUEST_START = Wire.PAGE - Wire.WRITE_PAYLOAD;

  private final FuseSession session;
  private final DiskFileSystem files;
  private final Invalidation pages;
  private final RequestThreads threads;
  private final int fd;
  private final Channel libfuse;
  private final NativeBuffer requestBuffer = new NativeBuffer(REQUEST_START + Wire.REQUEST_BYTES);
  private final ByteBuffer request;
  private final ByteBuffer received;
  private final NativeBuffer payload = new NativeBuffer(Wire.MAX_READ);
  private final NativeBuffer header = new NativeBuffer(Wire.OUT_HEADER);
  private final NativeBuffer vectors = new NativeBuffer(2 * Wire.VECTOR_BYTES);

  /** Null between requests. */
  private volatile @Nullable UnderWay underWay;

  RequestLoop(
      FuseSession session,
      DiskFileSystem files,
      Invalidation pages,
      RequestThreads threads,
      int fd) {
    this.session = session;
    this.files = files;
    this.pages = pages;
    this.threads = threads;
    this.fd = fd;
    this.libfuse = session.channel();
    this.request =
        requestBuffer
            .bytes()
            .slice(REQUEST_START, Wire.REQUEST_BYTES)
            .order(ByteOrder.nativeOrder());
    this.received = requestBuffer.bytes().slice(Wire.PAGE, Wire.MAX_PAYLOAD);
    vectors.bytes().putLong(0, header.address()).putLong(8, Wire.OUT_HEADER);
    vectors.bytes().putLong(16, payload.address());
  }

  /** Takes and answers one request; false where the mount has ended. */
  boolean serveOne() {
    long address = requestBuffer.address() + REQUEST_START;
    long n = Posix.readMessage(fd, address, Wire.REQUEST_BYTES);
    if (n >= Wire.IN_HEADER) {
      serve(address, (int) n);
      return true;
    }
    return switch ((int) -n) {
      case ErrnoException.EINTR, ErrnoException.EAGAIN, ErrnoException.ENOENT -> true;
      case ErrnoException.ENODEV, ErrnoException.ECONNABORTED -> false;
      default -> {
        log.error("reading from the kernel failed: {}", n < 0 ? Posix.describe((int) -n) : n);
        yield false;
      }
    };
  }

  /** Answers a request and those that waited for it. */
  private void serve(long address, int bytes) {
    long node = UnderWay.subject(request);
    boolean mayWait = Wire.isAboutFile(request.getInt(Wire.IN_OPCODE));
    if (mayWait && threads.waits(node, request, bytes)) {
      return;
    }
    watched(address, bytes);
    for (byte[] next = threads.line().next(node); next != null; next = threads.line().next(node)) {
      request.put(0, next);
      watched(address, next.length);
    }
  }

  /** Whatever happens there is an answer; where there was one, the kernel takes no other. */
  private void watched(long address, int bytes) {
    try {
      underWay = UnderWay.of(request);
      answer(address, bytes);
    } catch (RuntimeException | Error e) {
      reply(Errno.of(e), 0);
    } finally {
      underWay = null;
    }
  }

  /** The request that is answered now, for those who watch over it. */
  Optional<UnderWay> underWay() {
    return Optional.ofNullable(underWay);
  }

  /** Gives native memory back; nothing may be under way any more. */
  void close() {
    libfuse.close();
  }

  private void answer(long address, long bytes) {
    switch (request.getInt(Wire.IN_OPCODE)) {
      case Wire.READ -> read();
      case Wire.LSEEK -> seek();
      case Wire.WRITE -> write();
      case Wire.FSYNC -> flush(files::flush);
      case Wire.FLUSH -> flush(files::flushTables);
      case Wire.FALLOCATE -> allocate();
      case Wire.INTERRUPT -> threads.interrupt(request.getLong(Wire.INTERRUPT_UNIQUE));
      case Wire.INIT -> init(address, bytes);
      case Wire.GETXATTR -> getxattr(address, bytes);
      default -> handToLibfuse(address, bytes);
    }
  }

  private void read() {
    try {
      Volume volume = files.volumeForRead(request.getLong(Wire.ARG_HANDLE));
      int size = Math.min(request.getInt(Wire.READ_SIZE), Wire.MAX_READ);
      ByteBuffer target = payload.bytes().clear().limit(size);
      volume.read(target, request.getLong(Wire.ARG_OFFSET));
      reply(0, target.position());
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
    }
  }

  private void write() {
    long handle = request.getLong(Wire.ARG_HANDLE);
    long offset = request.getLong(Wire.ARG_OFFSET);
    int size = Math.min(request.getInt(Wire.WRITE_SIZE), Wire.MAX_PAYLOAD);
    int errno = 0;
    try {
      int written = files.write(handle, received.clear().limit(size), offset);
      if ((request.getInt(Wire.WRITE_OPEN_FLAGS) & Wire.O_DSYNC) != 0) {
        files.flush(handle);
      }
      payload.bytes().putInt(0, written).putInt(4, 0);
    } catch (IOException | RuntimeException | Error e) {
      errno = failed(e);
    }
    boolean awaited = (request.getInt(Wire.WRITE_FLAGS) & Wire.WRITE_CACHE) == 0;
    int length = errno == 0 ? 2 * Integer.BYTES : 0;
    replyToChange(files.staleAfter(handle, offset, size), awaited, errno, length);
  }

  /**
   * As {@link #reply}, when the kernel has dropped what it cached of other files. Writing back its
   * own pages it must not wait for that: dropping pages may have to write back others first.
   */
  private void replyToChange(List<StalePages> stale, boolean awaited, int errno, int length) {
    if (stale.isEmpty()) {
      reply(errno, length);
    } else if (awaited) {
      pages.dropThen(stale, laterReply(errno, length));
    } else {
      // A flush may follow the answer at once, and waits for what is to be dropped then.
      try {
        pages.dropSoon(stale);
      } finally {
        reply(errno, length);
      }
    }
  }

  private ChangeReply laterReply(int errno, int length) {
    ByteBuffer head = header(errno, length).duplicate().position(0).limit(Wire.OUT_HEADER);
    ByteBuffer body = payload.bytes().duplicate().position(0).limit(length);
    return new ChangeReply(fd, head, body);
  }

  /** Answers a request for the disk behind a handle that failed. */
  private void fail(Throwable thrown) {
    reply(failed(thrown), 0);
  }

  /** Has a failure told of the disk behind the handle; the error number for the answer. */
  private int failed(Throwable thrown) {
    files.failed(request.getLong(Wire.ARG_HANDLE), thrown);
    return Errno.of(thrown);
  }

  /** What a request does to the disk behind its handle. */
  private interface Action {
    void run(long handle) throws IOException;
  }

  /**
   * Answers a flush, when what the kernel wrote back before it shows in all files: their pages were
   * not waited for then.
   */
  private void flush(Action action) {
    long handle = request.getLong(Wire.ARG_HANDLE);
    int errno = 0;
    try {
      action.run(handle);
    } catch (IOException | RuntimeException | Error e) {
      errno = failed(e);
    }
    List<StalePages> others = files.staleAfter(handle, 0, Long.MAX_VALUE);
    if (others.isEmpty()) {
      reply(errno, 0);
    } else {
      pages.settleThen(others, laterReply(errno, 0));
    }
  }

  /** Punches and zeroes are the same here; space is not allocated in advance. */
  private void allocate() {
    long handle = request.getLong(Wire.ARG_HANDLE);
    long offset = request.getLong(Wire.ARG_OFFSET);
    long length = request.getLong(Wire.FALLOCATE_LENGTH);
    int errno = 0;
    try {
      int mode = request.getInt(Wire.FALLOCATE_MODE) & ~Posix.FALLOC_KEEP_SIZE;
      if (mode != Posix.FALLOC_PUNCH_HOLE && mode != Posix.FALLOC_ZERO_RANGE) {
        throw new ErrnoException("fallocate", ErrnoException.EOPNOTSUPP);
      }
      files.zero(handle, offset, length);
    } catch (IOException | RuntimeException | Error e) {
      errno = failed(e);
    }
    replyToChange(files.staleAfter(handle, offset, length), true, errno, 0);
  }

  private void seek() {
    try {
      Volume volume = files.volume(request.getLong(Wire.ARG_HANDLE));
      long found =
          seek(volume, request.getLong(Wire.ARG_OFFSET), request.getInt(Wire.LSEEK_WHENCE));
      payload.bytes().clear().putLong(0, found);
      reply(found < 0 ? Errno.ENXIO : 0, found < 0 ? 0 : Long.BYTES);
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
    }
  }

  /** The offset found, or -1 where there is nothing of the kind. */
  private static long seek(Volume volume, long offset, int whence) throws IOException {
    if (offset < 0 || offset >= volume.size()) {
      return -1;
    }
    return switch (whence) {
      case Wire.SEEK_DATA -> volume.seekData(offset);
      case Wire.SEEK_HOLE -> volume.seekHole(offset);
      default -> -1;
    };
  }

  private void init(long address, long bytes) {
    libfuse.process(Wire.INIT, address, bytes);
    reply(0, InitReply.write(request, payload.bytes()));
  }

  /** There are no capabilities, labels or access lists; the kernel asks for them often. */
  private void getxattr(long address, long bytes) {
    if (nameStartsWith(SECURITY) || nameStartsWith(SYSTEM)) {
      reply(Errno.ENODATA, 0);
    } else {
      handToLibfuse(address, bytes);
    }
  }

  private void handToLibfuse(long address, long bytes) {
    session.serving(request.getLong(Wire.IN_NODE));
    libfuse.process(request.getInt(Wire.IN_OPCODE), address, bytes);
  }

  private boolean nameStartsWith(byte[] prefix) {
    for (int i = 0; i < prefix.length; i++) {
      if (request.get(Wire.GETXATTR_NAME + i) != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  /** Sends a reply with the first {@code length} bytes of the payload, or an error. */
  private void reply(int errno, int length) {
    header(errno, length);
    vectors.bytes().putLong(24, length);
    ChangeReply.send(fd, vectors.address(), length == 0 ? 1 : 2);
  }

  private ByteBuffer header(int errno, int length) {
    return header
        .bytes()
        .putInt(Wire.OUT_LENGTH, Wire.OUT_HEADER + length)
        .putInt(Wire.OUT_ERROR, -errno)
        .putLong(Wire.OUT_UNIQUE, request.getLong(Wire.IN_UNIQUE));
  }
}
