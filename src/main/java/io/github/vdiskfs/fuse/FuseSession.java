// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import io.github.vdiskfs.mount.DiskFileSystem;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.posix.Posix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import org.jspecify.annotations.Nullable;

/** One mount: set up by libfuse, served by {@link RequestLoop}s on Java threads. */
public final class FuseSession {
  /** Stack of a request thread; upcalls through libfuse are shallow. */
  private static final long STACK_BYTES = 512 << 10;

  private static final int POINTER_BYTES = 8;

  private final LibFuse lib = LibFuse.load();
  private final ImageFuse operations;
  private final DiskFileSystem files;
  private final Pointer session;
  private final int fd;
  private final Invalidation pages;
  private final Path mountPoint;
  private final List<Thread> threads = new ArrayList<>();

  /**
   * Mounts. From here on, until {@link #start}, whoever looks at the mount point waits.
   *
   * @param options further options for libfuse and the kernel, comma-separated
   * @throws IOException where the mount fails; libfuse has then written the reason to stderr
   */
  public FuseSession(DiskFileSystem files, Path mountPoint, String options) throws IOException {
    this.files = files;
    this.mountPoint = mountPoint;
    this.operations = new ImageFuse(files);
    Pointer fuse = setUp(mountPoint, options);
    session = lib.fuse_get_session(fuse);
    fd = lib.fuse_chan_fd(lib.fuse_session_next_chan(session, null));
    pages = new Invalidation(fd);
    lib.fuse_remove_signal_handlers(session);
  }

  private Pointer setUp(Path mountPoint, String options) throws IOException {
    String[] argv = {"vdiskfs", "-f", mountPoint.toString(), "-o", options};
    Runtime runtime = Runtime.getSystemRuntime();
    Pointer result = Memory.allocateDirect(runtime, POINTER_BYTES, true);
    Pointer multithreaded = Memory.allocateDirect(runtime, POINTER_BYTES, true);
    @Nullable Pointer fuse =
        lib.fuse_setup(
            argv.length,
            argv,
            operations.table(),
            Struct.size(operations.table()),
            result,
            multithreaded,
            null);
    if (fuse == null) {
      throw new IOException("cannot mount on " + mountPoint);
    }
    return fuse;
  }

  /**
   * Starts serving on {@code count} threads and returns when the mount answers.
   *
   * @param readAhead raise the kernel's read-ahead where the user may
   * @throws IOException where the mount does not answer
   */
  public void start(int count, boolean readAhead) throws IOException {
    for (int i = 0; i < count; i++) {
      RequestLoop loop = new RequestLoop(this, files, pages, fd);
      Thread thread = new Thread(null, loop, "fuse-" + i, STACK_BYTES);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
    files.watch(pages::drop);
    operations.whenOutdated(pages::dropElsewhere);
    FileStatus root = Posix.status(mountPoint.toString());
    if (readAhead && Posix.isRoot()) {
      ReadAhead.raise(root);
    }
  }

  /**
   * Waits until the mount has ended and the last request was answered.
   *
   * @param millis the longest wait, 0 for ever
   * @return true where it has ended
   */
  public boolean awaitEnd(long millis) throws InterruptedException {
    long deadline = System.nanoTime() + millis * 1_000_000;
    for (Thread thread : threads) {
      long left = millis == 0 ? 0 : Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
      thread.join(left);
      if (thread.isAlive()) {
        return false;
      }
    }
    return true;
  }

  /** A way for one thread to have libfuse answer. */
  Channel channel() {
    return new Channel(lib, session, fd);
  }

  /** Tells the upcalls on this thread which of the kernel's nodes they are for. */
  void serving(long node) {
    operations.serving(node);
  }

  /** What the kernel granted in INIT: shared mappings of files that bypass its page cache. */
  void granted(boolean mappedDirectIo) {
    operations.granted(mappedDirectIo);
  }
}
