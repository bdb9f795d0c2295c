// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WaitingLineTest {
  private static final int NOBODY = Integer.MAX_VALUE;

  private final WaitingLine line = new WaitingLine();

  private boolean add(long node, int opcode, long unique, int length, boolean stuck) {
    ByteBuffer request = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
    request.putInt(Wire.IN_OPCODE, opcode).putLong(Wire.IN_UNIQUE, unique);
    request.putInt(Wire.IN_PID, NOBODY);
    return line.add(node, request, length, () -> stuck);
  }

  private static long uniqueOf(byte[] request) {
    assertNotNull(request);
    return ByteBuffer.wrap(request).order(ByteOrder.nativeOrder()).getLong(Wire.IN_UNIQUE);
  }

  @Test
  void requestsOfEachNodeComeOutInTheirOrder() {
    assertTrue(add(7, Wire.READ, 1, 80, true));
    assertTrue(add(8, Wire.READ, 2, 80, true));
    assertTrue(add(7, Wire.WRITE, 3, 80, true));
    assertEquals(1, uniqueOf(line.next(7)));
    assertEquals(3, uniqueOf(line.next(7)));
    assertNull(line.next(7));
    assertEquals(2, uniqueOf(line.next(8)));
    assertNull(line.next(8));
  }

  @Test
  void nothingWaitsWhereNothingIsStuckOrThereIsNoRoom() {
    assertFalse(add(7, Wire.READ, 1, 80, false));
    assertNull(line.next(7));
    int large = 20 << 20;
    assertTrue(add(7, Wire.WRITE, 2, large, true));
    assertFalse(add(7, Wire.WRITE, 3, large, true));
    assertEquals(2, uniqueOf(line.next(7)));
    assertTrue(add(7, Wire.WRITE, 4, large, true));
  }

  @Test
  void whatClosesADiskWaitsThoughThereIsNoRoom() {
    assertTrue(add(7, Wire.WRITE, 1, 32 << 20, true));
    assertFalse(add(8, Wire.WRITE, 2, 80, true));
    assertTrue(add(8, Wire.RELEASE, 3, 64, true));
    assertEquals(3, uniqueOf(line.next(8)));
  }

  @Test
  void namesAreGivenUpAndBytesAreNot() {
    assertTrue(add(7, Wire.READ, 1, 80, true));
    assertTrue(add(7, Wire.GETATTR, 2, 56, true));
    assertEquals(
        List.of(), line.removeBefore(System.nanoTime() - 1_000_000_000, Wire::isAboutNames));
    assertEquals(List.of(2L), line.removeBefore(System.nanoTime() + 1, Wire::isAboutNames));
    assertTrue(line.contains(1));
    assertFalse(line.contains(2));
    // Whoever is not there was not killed.
    assertEquals(List.of(), line.removeKilled(Set.of(1L)));
    assertEquals(1, uniqueOf(line.next(7)));
  }
}
