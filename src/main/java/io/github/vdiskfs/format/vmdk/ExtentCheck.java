// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.HostSpace;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Checks one sparse extent. Data that no table refers to, such as a killed writer leaves, is a
 * leak; free space of zeroes is none, as it takes nothing on the host.
 */
final class ExtentCheck implements GrainWalk.Listener {
  private static final int READ_BYTES = 64 << 10;

  private final SparseExtent extent;
  private final Storage file;
  private final CheckReport report;
  private final HostSpace space;
  private boolean sound = true;
  private long allocated;
  private long fragmented;
  private long lastEnd = -1;
  private long end;

  ExtentCheck(SparseExtent extent, CheckReport report) throws IOException {
    this.extent = extent;
    this.file = extent.file();
    this.report = report;
    this.space = new HostSpace(file, extent.grainBytes(), SparseWriter.MAX_FILE_BYTES);
    long reserved = Math.min(extent.facts().reservedSectors(), Sectors.of(file));
    space.use(0, reserved * Sectors.BYTES);
  }

  /** True where an extent is to be mended, and may be written. */
  static boolean mends(SparseExtent extent, CheckReport report) {
    return report.mendsLeaks() && extent.facts().readOnly() == null;
  }

  void run() throws IOException {
    new GrainWalk(extent, this).run();
    if (sound && extent.decoder() == null) {
      findLeaks();
    }
  }

  /** Grains that are stored. */
  long allocated() {
    return allocated;
  }

  /** Stored grains that do not follow the one before. */
  long fragmented() {
    return fragmented;
  }

  /** Where the last byte that is in use ends. */
  long end() {
    return Math.min(end, file.size());
  }

  HostSpace space() {
    return space;
  }

  @Override
  public void at(long gdIndex) {
    report.progress(gdIndex, extent.geometry().gdEntries());
  }

  @Override
  public void problem(String what) {
    sound = false;
    report.corruption(file.name() + ": " + what);
  }

  @Override
  public void table(long hostOffset, long length) throws IOException {
    space.use(hostOffset, length);
    end = Math.max(end, hostOffset + length);
  }

  @Override
  public void grain(long grain, long hostOffset) throws IOException {
    int bytes = extent.grainBytes();
    allocated++;
    fragmented += hostOffset == lastEnd || lastEnd < 0 ? 0 : 1;
    lastEnd = hostOffset + bytes;
    end = Math.max(end, hostOffset + bytes);
    GrainDecoder decoder = extent.decoder();
    if (decoder == null) {
      space.use(hostOffset, bytes);
    } else {
      decode(decoder, grain, hostOffset);
    }
  }

  private void decode(GrainDecoder decoder, long grain, long hostOffset) throws IOException {
    try {
      decoder.decode(decoder.extent(file, hostOffset, 0, extent.grainBytes()));
    } catch (ImageException e) {
      report.corruption("grain " + grain + ": " + e.getMessage());
    }
  }

  @Override
  public void differs(long gdIndex, long entries) {
    report.leak(
        file.name()
            + ": redundant grain table "
            + gdIndex
            + " differs in "
            + entries
            + " entries from the one in use");
  }

  private void findLeaks() throws IOException {
    HostSpace.Run free = space.nextFree(0);
    while (free.length() > 0) {
      long stop = free.hostOffset() + free.length();
      for (long at = free.hostOffset(); at < stop; at += extent.grainBytes()) {
        at = skipHole(at);
        long length = Math.min(extent.grainBytes(), stop - at);
        if (length > 0 && hasData(at, length)) {
          leak(at, length);
        }
      }
      free = space.nextFree(stop);
    }
  }

  /** The unit of the first byte from {@code hostOffset} on that the host stores. */
  private long skipHole(long hostOffset) throws IOException {
    long data = file.nextData(hostOffset);
    return Math.max(hostOffset, data - data % extent.grainBytes());
  }

  private boolean hasData(long hostOffset, long length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(READ_BYTES, length));
    for (long done = 0; done < length; done += buffer.capacity()) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), length - done));
      file.read(buffer, hostOffset + done);
      buffer.flip();
      while (buffer.hasRemaining()) {
        if (buffer.get() != 0) {
          return true;
        }
      }
    }
    return false;
  }

  private void leak(long hostOffset, long length) throws IOException {
    String what = file.name() + ": data at host offset " + hostOffset + " that nothing refers to";
    if (mends(extent, report)) {
      file.zero(hostOffset, length);
      report.leakFixed(what);
    } else {
      report.leak(what);
    }
  }
}
