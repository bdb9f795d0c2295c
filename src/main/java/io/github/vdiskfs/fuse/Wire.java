// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

/**
 * Offsets and numbers of the kernel's FUSE protocol (include/uapi/linux/fuse.h), as far as they are
 * handled here. Offsets count from the start of a message.
 */
final class Wire {
  static final int PAGE = 4096;

  /** Most pages of one READ or WRITE; the kernel's own limit unless its sysctl is raised. */
  static final int MAX_PAGES = 256;

  static final int MAX_PAYLOAD = MAX_PAGES * PAGE;

  /**
   * The longest READ. The kernel splits what a client asks for, so that several threads answer it,
   * each from a buffer that stays in the processor's own cache; a write waits for its answer, so
   * that it is better whole.
   */
  static final int MAX_READ = 256 << 10;

  /** struct iovec: an address and a length. */
  static final int VECTOR_BYTES = 16;

  // struct fuse_in_header
  static final int IN_OPCODE = 4;
  static final int IN_UNIQUE = 8;
  static final int IN_NODE = 16;
  static final int IN_PID = 32;
  static final int IN_HEADER = 40;

  // struct fuse_out_header
  static final int OUT_LENGTH = 0;
  static final int OUT_ERROR = 4;
  static final int OUT_UNIQUE = 8;
  static final int OUT_HEADER = 16;

  // struct fuse_read_in, fuse_lseek_in, fuse_fsync_in, fuse_fallocate_in begin alike
  static final int ARG_HANDLE = IN_HEADER;
  static final int ARG_OFFSET = IN_HEADER + 8;
  static final int READ_SIZE = IN_HEADER + 16;
  static final int LSEEK_WHENCE = IN_HEADER + 16;

  // struct fuse_fallocate_in
  static final int FALLOCATE_LENGTH = IN_HEADER + 16;
  static final int FALLOCATE_MODE = IN_HEADER + 24;

  // struct fuse_getxattr_in, followed by the name
  static final int GETXATTR_NAME = IN_HEADER + 8;

  // struct fuse_write_in: the payload follows it
  static final int WRITE_SIZE = IN_HEADER + 16;
  static final int WRITE_FLAGS = IN_HEADER + 20;
  static final int WRITE_OPEN_FLAGS = IN_HEADER + 32;
  static final int WRITE_PAYLOAD = IN_HEADER + 40;

  /** The longest request. */
  static final int REQUEST_BYTES = WRITE_PAYLOAD + MAX_PAYLOAD;

  // struct fuse_open_out, behind a struct fuse_entry_out in the answer to CREATE
  static final int OPEN_FLAGS = 8;
  static final int CREATE_FLAGS = 128 + OPEN_FLAGS;
  static final int FOPEN_DIRECT_IO = 1;

  /** Direct writes below the end of the file take the inode's lock shared; Linux 6.2 and later. */
  static final int FOPEN_PARALLEL_DIRECT_WRITES = 1 << 6;

  // struct fuse_interrupt_in
  static final int INTERRUPT_UNIQUE = IN_HEADER;

  // struct fuse_init_in
  static final int INIT_MINOR = IN_HEADER + 4;
  static final int INIT_READAHEAD = IN_HEADER + 8;
  static final int INIT_FLAGS = IN_HEADER + 12;
  static final int INIT_FLAGS2 = IN_HEADER + 16;

  // struct fuse_notify_inval_inode_out behind a header whose error says what it is
  static final int NOTIFY_INVAL_INODE = 2;
  static final int INVAL_NODE = OUT_HEADER;
  static final int INVAL_OFFSET = OUT_HEADER + 8;
  static final int INVAL_LENGTH = OUT_HEADER + 16;
  static final int INVAL_BYTES = OUT_HEADER + 24;

  // opcodes
  static final int LOOKUP = 1;
  static final int GETATTR = 3;
  static final int SETATTR = 4;
  static final int OPEN = 14;
  static final int READ = 15;
  static final int WRITE = 16;
  static final int STATFS = 17;
  static final int RELEASE = 18;
  static final int FSYNC = 20;
  static final int GETXATTR = 22;
  static final int LISTXATTR = 23;
  static final int FLUSH = 25;
  static final int INIT = 26;
  static final int CREATE = 35;
  static final int READDIR = 28;
  static final int INTERRUPT = 36;
  static final int FALLOCATE = 43;
  static final int LSEEK = 46;

  static final int SEEK_DATA = 3;
  static final int SEEK_HOLE = 4;

  /** In the flags of a WRITE: it comes from the page cache, and nobody waits for it as such. */
  static final int WRITE_CACHE = 1;

  /** In the flags of an open file: every write is durable when it returns. */
  static final int O_DSYNC = 0x1000;

  private Wire() {}

  /**
   * True for a request whose node, or whose name in that folder, is the one file that it needs.
   * FLUSH, which comes with every close, needs none unless the disk was written.
   */
  static boolean isAboutFile(int opcode) {
    return switch (opcode) {
      case LOOKUP, GETATTR, SETATTR, OPEN, READ, WRITE, RELEASE, FSYNC -> true;
      case GETXATTR, LISTXATTR, FALLOCATE, LSEEK -> true;
      default -> false;
    };
  }

  /**
   * True for a request that only asks for names and attributes. OPEN is none: it may have to wait
   * until an image is on the host's disk, or to look at all images for one that is based on it.
   */
  static boolean isAboutNames(int opcode) {
    return switch (opcode) {
      case LOOKUP, GETATTR, STATFS, GETXATTR, LISTXATTR, READDIR -> true;
      default -> false;
    };
  }
}
