// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import io.github.vdiskfs.mount.DiskFileSystem;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.posix.Posix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import org.jspecify.annotations.Nullable;

/** One mount: set up by libfuse, served by {@link RequestThreads}. */
public final class FuseSession {
  /** How long requests under way are waited for when the mount has ended. */
  private static final long STUCK_MILLIS = 10_000;

  private static final int POINTER_BYTES = 8;

  private final LibFuse lib = LibFuse.load();
  private final ImageFuse operations;
  private final DiskFileSystem files;
  private final Pointer session;
  private final int fd;
  private final Invalidation pages;
  private final Path mountPoint;
  private @Nullable RequestThreads threads;

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
    String words = options + ",max_read=" + Wire.MAX_READ;
    String[] argv = {"vdiskfs", "-f", mountPoint.toString(), "-o", words};
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
    RequestThreads started = new RequestThreads(this, files, pages, fd, count);
    threads = started;
    started.start();
    files.watch(stale -> pages.dropSoon(List.of(stale)));
    operations.whenOutdated(pages::dropElsewhere);
    FileStatus root = Posix.status(mountPoint.toString());
    if (readAhead && Posix.isRoot()) {
      ReadAhead.raise(root);
    }
  }

  /**
   * Waits until the mount has ended and the last request was answered; those that the host does not
   * answer about are not waited for.
   *
   * @param millis the longest wait for the end, 0 for ever
   * @return true where it has ended
   */
  public boolean awaitEnd(long millis) throws InterruptedException {
    RequestThreads started = threads;
    return started == null || started.awaitEnd(millis, STUCK_MILLIS);
  }

  /** A way for one thread to have libfuse answer. */
  Channel channel() {
    return new Channel(lib, session, fd);
  }

  /** Tells the upcalls on this thread which of the kernel's nodes they are for. */
  void serving(long node) {
    operations.serving(node);
  }
}
