// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.disk.Located;
import io.github.vdiskfs.disk.TestDisks;
import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.image.TestImages;
import io.github.vdiskfs.storage.MemoryFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Does with one hostile image what a mount would do: nothing but an {@code IOException} may come of
 * it. Whatever else is thrown, takes all memory or does not end is a finding.
 */
final class DiskExercise {
  /** Samples name these as backing files, extents or parents. */
  private static final Map<String, byte[]> NEIGHBOURS = neighbours();

  /** Runs of the map that one input is asked for. */
  private static final int MAX_RUNS = 200;

  private static final int SAMPLE_BYTES = 4096;

  private final ImageFormat format;
  private final String name;
  private final MemoryFolder folder = new MemoryFolder(BoundedStorage::new);

  DiskExercise(ImageFormat format, byte[] image) {
    this.format = format;
    this.name = "image." + format.name();
    folder.putAll(NEIGHBOURS);
    folder.putAll(Map.of(name, image));
  }

  private static Map<String, byte[]> neighbours() {
    Map<String, byte[]> files = new TreeMap<>();
    files.put("base.raw", new byte[64 << 10]);
    files.put("data-file.dat", TestImages.bytes("qcow2/data-file.dat"));
    files.put("parent.vdi", TestImages.bytes("vdi/dynamic.vdi"));
    files.put("parent.vhd", TestImages.bytes("vpc/blocks.vhd"));
    for (String extent :
        List.of("flat-f001", "flat-f002", "split-s001", "split-s002", "esx-delta")) {
      files.put(extent + ".vmdk", TestImages.bytes("vmdk/" + extent + ".vmdk"));
    }
    return files;
  }

  /** Opens, maps, reads, seeks and checks. */
  void read() {
    attempt(
        () -> {
          try (VirtualDisk disk = TestDisks.open(folder, name, format)) {
            attempt(() -> map(disk));
            sample(disk, 0);
            sample(disk, disk.size() / 2);
            sample(disk, Math.max(0, disk.size() - SAMPLE_BYTES));
            attempt(() -> disk.seekData(0));
            attempt(() -> disk.seekHole(disk.size() / 2));
            attempt(() -> disk.top().check(new CheckReport(CheckReport.Repair.NONE, (a, b) -> {})));
          }
        });
    assertTrue(folder.openings() == 0, "files that were left open: " + folder.openings());
  }

  private static void map(VirtualDisk disk) throws IOException {
    long at = 0;
    for (int runs = 0; at < disk.size() && runs < MAX_RUNS; runs++) {
      Located run = disk.status(at, disk.size() - at);
      long length = run.extent().length();
      assertTrue(length > 0 && length <= disk.size() - at, at + ": " + run.extent());
      if (!run.extent().readsAsZero()) {
        sample(disk, at);
      }
      at += length;
    }
  }

  private static void sample(VirtualDisk disk, long offset) {
    attempt(() -> disk.read(ByteBuffer.allocate(SAMPLE_BYTES), offset));
  }

  /**
   * Opens for writing, changes some places, flushes, and checks what has become of the image.
   *
   * @param places numbers from 0 to 65535 that choose where and what
   */
  void write(int... places) {
    attempt(
        () -> {
          try (VirtualDisk disk = TestDisks.open(folder, name, format)) {
            disk.startWriting();
            for (int place : places) {
              attempt(() -> change(disk, place));
            }
            attempt(disk::flush);
            attempt(() -> disk.resize(disk.size() + 512));
            attempt(() -> disk.top().check(new CheckReport(CheckReport.Repair.NONE, (a, b) -> {})));
          }
        });
    attempt(
        () -> {
          try (VirtualDisk disk = TestDisks.open(folder, name, format)) {
            CheckReport report = new CheckReport(CheckReport.Repair.ALL, (a, b) -> {});
            attempt(() -> disk.top().check(report));
          }
        });
    assertTrue(folder.openings() == 0, "files that were left open: " + folder.openings());
  }

  private static void change(VirtualDisk disk, int place) throws IOException {
    long offset = (disk.size() >> 16) * place + place % 3;
    if (place % 4 == 0) {
      disk.zero(offset, 1 << 17);
    } else {
      disk.write(ByteBuffer.allocate(1 << (place % 13)), offset);
    }
    sample(disk, offset);
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void attempt(Step step) {
    try {
      step.run();
    } catch (IOException e) {
      // What a hostile image may lead to.
    }
  }
}
