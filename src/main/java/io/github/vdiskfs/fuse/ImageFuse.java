// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import io.github.vdiskfs.mount.Attributes;
import io.github.vdiskfs.mount.DiskFileSystem;
import io.github.vdiskfs.mount.DiskFileSystem.OpenFile;
import io.github.vdiskfs.mount.DiskFileSystem.Owner;
import io.github.vdiskfs.mount.DiskFileSystem.Space;
import io.github.vdiskfs.mount.StalePages;
import io.github.vdiskfs.posix.FileStatus.Time;
import io.github.vdiskfs.posix.FileSystemSpace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import jnr.ffi.Pointer;
import jnr.ffi.Struct;
import ru.serce.jnrfuse.FuseFillDir;
import ru.serce.jnrfuse.FuseStubFS;
import ru.serce.jnrfuse.struct.FileStat;
import ru.serce.jnrfuse.struct.FuseContext;
import ru.serce.jnrfuse.struct.FuseFileInfo;
import ru.serce.jnrfuse.struct.FuseOperations;
import ru.serce.jnrfuse.struct.Statvfs;
import ru.serce.jnrfuse.struct.Timespec;

/**
 * The name plane: upcalls from libfuse. Nothing that is thrown leaves an upcall.
 *
 * <p>Reading and seeking never come here; {@link RequestLoop} answers them.
 */
final class ImageFuse extends FuseStubFS {
  /** {@code st_blksize}: what tools take as the size of their buffers. */
  private static final int PREFERRED_IO_BYTES = 1 << 20;

  /** Position of the bit field with direct_io and keep_cache in struct fuse_file_info. */
  private static final int FILE_INFO_BITS = 20;

  private static final int DIRECT_IO = 1;
  private static final int KEEP_CACHE = 2;
  private static final int ACCESS_MODE = 3;
  private static final int PERMISSIONS = 0777;
  private static final int FRAGMENT_BYTES = 4096;
  private static final int MAX_NAME_BYTES = 255;

  private final DiskFileSystem files;

  /** The kernel's number of the file that this thread's upcall is for. */
  private final ThreadLocal<Long> node = ThreadLocal.withInitial(() -> 0L);

  private volatile Consumer<List<StalePages>> outdated = stale -> {};

  ImageFuse(DiskFileSystem files) {
    this.files = files;
  }

  /** The table of operations that libfuse is given. */
  FuseOperations table() {
    return fuseOperations;
  }

  /** The next upcalls on this thread are for the kernel's node {@code number}. */
  void serving(long number) {
    node.set(number);
  }

  /**
   * {@code drop} hears, before the kernel has the answer, of each file that was truncated, since
   * its size may stay, and of each that was opened after it could not be served, since the kernel
   * may still believe that it is empty.
   */
  void whenOutdated(Consumer<List<StalePages>> drop) {
    outdated = drop;
  }

  /** An operation that answers with 0 or a positive number. */
  private interface Operation {
    int run() throws IOException;
  }

  private static int guarded(Operation operation) {
    try {
      return operation.run();
    } catch (IOException | RuntimeException | Error e) {
      return -Errno.of(e);
    }
  }

  @Override
  public int getattr(String path, FileStat stat) {
    return guarded(
        () -> {
          fill(stat, files.attributes(path));
          return 0;
        });
  }

  @Override
  public int fgetattr(String path, FileStat stat, FuseFileInfo info) {
    return getattr(path, stat);
  }

  private static void fill(FileStat stat, Attributes a) {
    stat.st_mode.set(a.mode());
    stat.st_nlink.set(a.links());
    stat.st_ino.set(a.inode());
    stat.st_uid.set(a.uid());
    stat.st_gid.set(a.gid());
    stat.st_size.set(a.size());
    stat.st_blocks.set(a.blocks());
    stat.st_blksize.set(PREFERRED_IO_BYTES);
    fill(stat.st_atim, a.accessed());
    fill(stat.st_mtim, a.modified());
    fill(stat.st_ctim, a.changed());
  }

  private static void fill(Timespec to, Time time) {
    to.tv_sec.set(time.seconds());
    to.tv_nsec.set(time.nanos());
  }

  @Override
  public int readdir(String path, Pointer buf, FuseFillDir filler, long offset, FuseFileInfo info) {
    return guarded(
        () -> {
          filler.apply(buf, ".", null, 0);
          filler.apply(buf, "..", null, 0);
          for (String name : files.list(path)) {
            filler.apply(buf, name, null, 0);
          }
          return 0;
        });
  }

  @Override
  public int open(String path, FuseFileInfo info) {
    return guarded(
        () -> {
          boolean writing = (info.flags.get() & ACCESS_MODE) != 0;
          OpenFile file = files.open(path, writing, node.get());
          if (file.recovered()) {
            outdated.accept(List.of(StalePages.allOf(node.get())));
          }
          put(file, info);
          return 0;
        });
  }

  @Override
  public int create(String path, long mode, FuseFileInfo info) {
    return guarded(
        () -> {
          FuseContext caller = getContext();
          Owner owner = new Owner((int) caller.uid.get(), (int) caller.gid.get());
          put(files.create(path, (int) mode & PERMISSIONS, owner), info);
          return 0;
        });
  }

  private static void put(OpenFile file, FuseFileInfo info) {
    info.fh.set(file.handle());
    int bits = file.direct() ? DIRECT_IO : file.keepCache() ? KEEP_CACHE : 0;
    Struct.getMemory(info).putInt(FILE_INFO_BITS, bits);
  }

  @Override
  public int truncate(String path, long size) {
    return guarded(
        () -> {
          outdated.accept(files.truncate(path, size, node.get()));
          return 0;
        });
  }

  @Override
  public int ftruncate(String path, long size, FuseFileInfo info) {
    return guarded(
        () -> {
          outdated.accept(files.truncate(info.fh.get(), size, node.get()));
          return 0;
        });
  }

  @Override
  public int utimens(String path, Timespec[] times) {
    return guarded(
        () -> {
          files.setTimes(path, time(times[0]), time(times[1]));
          return 0;
        });
  }

  private static Time time(Timespec from) {
    return new Time(from.tv_sec.get(), (int) from.tv_nsec.longValue());
  }

  @Override
  public int chmod(String path, long mode) {
    return guarded(
        () -> {
          files.setPermissions(path, (int) mode);
          return 0;
        });
  }

  /** Only what is so already: the owner is the image file's. */
  @Override
  public int chown(String path, long uid, long gid) {
    return guarded(
        () -> {
          Attributes a = files.attributes(path);
          boolean same = isOrUnchanged(uid, a.uid()) && isOrUnchanged(gid, a.gid());
          return same ? 0 : -Errno.EPERM;
        });
  }

  private static boolean isOrUnchanged(long wanted, int actual) {
    return (int) wanted == -1 || (int) wanted == actual;
  }

  @Override
  public int release(String path, FuseFileInfo info) {
    return guarded(
        () -> {
          files.release(info.fh.get());
          return 0;
        });
  }

  @Override
  public int statfs(String path, Statvfs to) {
    return guarded(
        () -> {
          Space space = files.space(path);
          FileSystemSpace host = space.host();
          to.f_bsize.set(space.unitBytes());
          to.f_frsize.set(FRAGMENT_BYTES);
          to.f_blocks.set(fragments(host, host.total()));
          to.f_bfree.set(fragments(host, host.free()));
          to.f_bavail.set(fragments(host, host.available()));
          to.f_namemax.set(MAX_NAME_BYTES);
          return 0;
        });
  }

  private static long fragments(FileSystemSpace host, long units) {
    return Math.multiplyHigh(units, host.unitBytes()) != 0
        ? Long.MAX_VALUE / FRAGMENT_BYTES
        : units * host.unitBytes() / FRAGMENT_BYTES;
  }

  @Override
  public int getxattr(String path, String name, Pointer value, long size) {
    return guarded(
        () -> {
          String found = files.extendedAttributes(path).get(name);
          return found == null ? -Errno.ENODATA : put(utf8(found), value, size);
        });
  }

  @Override
  public int listxattr(String path, Pointer list, long size) {
    return guarded(
        () -> {
          Map<String, String> all = new TreeMap<>(files.extendedAttributes(path));
          StringBuilder names = new StringBuilder();
          all.keySet().forEach(name -> names.append(name).append('\0'));
          return put(utf8(names.toString()), list, size);
        });
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The protocol of getxattr(2): size 0 asks how much there is. */
  private static int put(byte[] bytes, Pointer to, long size) {
    if (size == 0) {
      return bytes.length;
    }
    if (size < bytes.length) {
      return -Errno.ERANGE;
    }
    to.put(0, bytes, 0, bytes.length);
    return bytes.length;
  }

  @Override
  public int mknod(String path, long mode, long device) {
    return -Errno.EPERM;
  }

  @Override
  public int setxattr(String path, String name, Pointer value, long size, int flags) {
    return -Errno.EOPNOTSUPP;
  }

  @Override
  public int removexattr(String path, String name) {
    return -Errno.EOPNOTSUPP;
  }

  @Override
  public int mkdir(String path, long mode) {
    return -Errno.EPERM;
  }

  @Override
  public int unlink(String path) {
    return -Errno.EPERM;
  }

  @Override
  public int rmdir(String path) {
    return -Errno.EPERM;
  }

  @Override
  public int rename(String from, String to) {
    return -Errno.EPERM;
  }

  @Override
  public int symlink(String target, String path) {
    return -Errno.EPERM;
  }

  @Override
  public int link(String from, String to) {
    return -Errno.EPERM;
  }
}
