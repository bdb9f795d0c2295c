// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.disk.ClusterCache;
import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.format.KnownFormats;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.mount.DiskFileSystem.OpenFile;
import io.github.vdiskfs.storage.Gate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/** A folder of images as a mount has it, without a kernel. */
final class TestMount implements AutoCloseable {
  static final int SECTOR = 512;

  private static final long CACHE_BYTES = 1 << 20;

  final DiskFileSystem files;
  private final Gate gate;

  TestMount(Path source) throws IOException {
    this(source, MountPolicy.DEFAULT);
  }

  TestMount(Path source, MountPolicy policy) throws IOException {
    gate = new Gate(source, Gate.Backing.CONFINED, List.of());
    DiskOpener opener =
        new DiskOpener(
            KnownFormats.all(),
            gate,
            new DiskOpener.Policy(false, true, false),
            new TableCache(CACHE_BYTES),
            new ClusterCache(CACHE_BYTES));
    files = new DiskFileSystem(gate, opener, null, policy);
  }

  /** A disk with an MBR of Linux partitions, each given by its first sector and its length. */
  static byte[] disk(int sectors, int... partitions) {
    ByteBuffer bytes = ByteBuffer.allocate(sectors * SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(mbr(partitions), 0, SECTOR);
    for (int at = SECTOR; at < bytes.capacity(); at += SECTOR) {
      bytes.putInt(at, at / SECTOR);
    }
    return bytes.array();
  }

  /** The first sector of such a disk. */
  static byte[] mbr(int... partitions) {
    ByteBuffer bytes = ByteBuffer.allocate(SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < partitions.length; i += 2) {
      int at = 446 + i * 8;
      bytes
          .put(at + 4, (byte) 0x83)
          .putInt(at + 8, partitions[i])
          .putInt(at + 12, partitions[i + 1]);
    }
    return bytes.putShort(510, (short) 0xAA55).array();
  }

  /** The number in a sector of an open file. */
  int sector(OpenFile file, int sector) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    files.volumeForRead(file.handle()).read(bytes, (long) sector * SECTOR);
    return bytes.flip().limit() == 0 ? -1 : bytes.getInt(0);
  }

  /** Writes a number into a sector of an open file. */
  void write(OpenFile file, int sector, int number) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    files.write(file.handle(), bytes.putInt(0, number), (long) sector * SECTOR);
  }

  /** Writes the first sector of a disk. */
  void writeTable(OpenFile file, byte[] mbr) throws IOException {
    files.write(file.handle(), ByteBuffer.allocateDirect(SECTOR).put(mbr).flip(), 0);
  }

  @Override
  public void close() {
    files.close();
    gate.close();
  }
}
