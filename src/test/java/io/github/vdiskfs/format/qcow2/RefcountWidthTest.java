// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefcountWidthTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  void refcountsDoNotTouchEachOther(int order) {
    RefcountWidth width = new RefcountWidth(order);
    int count = 1 << width.perBlockShift(9);
    ByteBuffer block = ByteBuffer.allocate(512);
    for (int i = 0; i < count; i++) {
      put(block, width, i, i * 0x9E3779B97F4A7C15L);
    }
    for (int i = 0; i < count; i++) {
      long expected = i * 0x9E3779B97F4A7C15L & width.most();
      assertEquals(expected, width.get(block.getLong((int) width.word(i) * 8), i), "number " + i);
    }
  }

  private static void put(ByteBuffer block, RefcountWidth width, int index, long refcount) {
    int at = (int) width.word(index) * 8;
    block.putLong(at, width.with(block.getLong(at), index, refcount));
  }

  @Test
  void narrowOnesFillABytesFromItsLeastSignificantBit() {
    ByteBuffer block = ByteBuffer.allocate(16);
    put(block, new RefcountWidth(0), 9, 1);
    assertEquals(2, block.get(1));
    put(block, new RefcountWidth(2), 1, 0xA);
    assertEquals((byte) 0xA0, block.get(0));
  }

  @Test
  void wideOnesAreBigEndian() {
    ByteBuffer block = ByteBuffer.allocate(16);
    put(block, new RefcountWidth(4), 5, 0x1234);
    assertEquals(0x1234, block.getShort(10));
    put(block, new RefcountWidth(5), 3, 0x12345678);
    assertEquals(0x12345678, block.getInt(12));
  }
}
