// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.disk.TestDisks;
import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.storage.MemoryFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * What all proofs of a format's writer have in common. The system property {@code
 * vdiskfs.proof.seed} repeats a run whose seed a failure names; {@code vdiskfs.proof.factor}
 * multiplies the work, and {@code vdiskfs.proof.operations} is the least number of a random guest's
 * operations on all geometries of a format together.
 */
@TestInstance(Lifecycle.PER_CLASS)
abstract class WriteProof {
  private static final int READ_BYTES = 1 << 20;

  /** The format under test. */
  protected abstract ImageFormat format();

  /** The shapes of image to prove it on; small ones, since every crash state is read whole. */
  protected abstract List<Geometry> geometries();

  /** False for formats that have nothing to check. */
  protected boolean hasCheck() {
    return true;
  }

  /** A number that a failure names, so that it can be repeated. */
  static long newSeed() {
    return Long.getLong("vdiskfs.proof.seed", System.nanoTime());
  }

  /** How much to do, given the normal amount. */
  static int amount(int normal) {
    return Math.multiplyExact(normal, Integer.getInteger("vdiskfs.proof.factor", 1));
  }

  /** How many operations a random guest does on each geometry, given the normal number. */
  final int operations(int normal) {
    int together = Integer.getInteger("vdiskfs.proof.operations", 0);
    int geometries = geometries().size();
    return Math.max(amount(normal), (together + geometries - 1) / geometries);
  }

  final VirtualDisk open(MemoryFolder folder, Geometry geometry) throws IOException {
    return TestDisks.open(folder, geometry.file(), format());
  }

  final VirtualDisk openWritable(MemoryFolder folder, Geometry geometry) throws IOException {
    VirtualDisk disk = open(folder, geometry);
    try {
      disk.startWriting();
    } catch (IOException | RuntimeException e) {
      disk.close();
      throw e;
    }
    return disk;
  }

  static byte[] read(VirtualDisk disk, long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    for (int at = 0; at < length; at += READ_BYTES) {
      disk.read(ByteBuffer.wrap(bytes, at, Math.min(READ_BYTES, length - at)), offset + at);
    }
    return bytes;
  }

  static byte[] readAll(VirtualDisk disk) throws IOException {
    return read(disk, 0, Math.toIntExact(disk.size()));
  }

  /** Opens the image as it is in the folder, reads it whole, and checks it. */
  final byte[] readAndCheck(
      MemoryFolder folder, Geometry geometry, boolean leaksAllowed, String context)
      throws IOException {
    try (VirtualDisk disk = open(folder, geometry)) {
      check(disk, leaksAllowed, context);
      return readAll(disk);
    }
  }

  /** Fails where the format's own check finds something in the top image. */
  final void check(VirtualDisk disk, boolean leaksAllowed, String context) throws IOException {
    if (!hasCheck()) {
      return;
    }
    CheckReport report = new CheckReport(CheckReport.Repair.NONE, (done, total) -> {});
    disk.top().check(report);
    String found = context + ": " + report.words();
    assertEquals(0, report.corruptions(), found);
    assertEquals(0, report.errors(), found);
    if (!leaksAllowed) {
      assertEquals(0, report.leaks(), found);
    }
  }

  /** Holes and data take turns from start to end, and all holes read as zero. */
  static void checkHoles(VirtualDisk disk, byte[] content, String context) throws IOException {
    long at = 0;
    while (at < content.length) {
      long data = disk.seekData(at);
      long holeEnd = data < 0 ? content.length : data;
      assertTrue(holeEnd >= at, context);
      for (long i = at; i < holeEnd; i++) {
        assertEquals(0, content[(int) i], context + ": data in a hole at " + i);
      }
      if (holeEnd < content.length) {
        at = disk.seekHole(holeEnd);
        assertTrue(at > holeEnd && at <= content.length, context);
      } else {
        at = holeEnd;
      }
    }
  }
}
