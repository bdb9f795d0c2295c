// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.types.size_t;
import org.jspecify.annotations.Nullable;
import ru.serce.jnrfuse.struct.FuseOperations;

/** The functions of libfuse 2.9 that jnr-fuse does not bind. */
public interface LibFuse {
  /** Parses the options, mounts, and makes the high-level session; null where it fails. */
  @Nullable Pointer fuse_setup(
      int argc,
      String[] argv,
      FuseOperations operations,
      @size_t long size,
      Pointer mountPoint,
      Pointer multithreaded,
      @Nullable Pointer userData);

  Pointer fuse_get_session(Pointer fuse);

  Pointer fuse_session_next_chan(Pointer session, @Nullable Pointer previous);

  int fuse_chan_fd(Pointer channel);

  /**
   * Makes a channel of our own.
   *
   * @param operations the address of a {@code struct fuse_chan_ops}, which is copied
   */
  Pointer fuse_chan_new(long operations, int fd, @size_t long bufferBytes, @Nullable Pointer data);

  /** Frees a channel, and not its descriptor. */
  void fuse_chan_destroy(Pointer channel);

  void fuse_session_process(Pointer session, long request, @size_t long bytes, Pointer channel);

  void fuse_remove_signal_handlers(Pointer session);

  /** Loads the library; jnr-fuse loads the same one. */
  static LibFuse load() {
    return LibraryLoader.create(LibFuse.class).failImmediately().load("fuse");
  }
}
