// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class UnderWayTest {
  private static ByteBuffer request(int opcode, long node, String name) {
    ByteBuffer request = ByteBuffer.allocate(4096).order(ByteOrder.nativeOrder());
    request.putInt(Wire.IN_OPCODE, opcode).putLong(Wire.IN_NODE, node);
    request.put(Wire.IN_HEADER, name.getBytes(StandardCharsets.UTF_8));
    return request;
  }

  @Test
  void lookUpsOfOneNameAreAboutTheSame() {
    long subject = UnderWay.subject(request(Wire.LOOKUP, 1, "a.raw"));
    assertEquals(subject, UnderWay.subject(request(Wire.LOOKUP, 1, "a.raw")));
    assertNotEquals(subject, UnderWay.subject(request(Wire.LOOKUP, 1, "b.raw")));
    assertNotEquals(subject, UnderWay.subject(request(Wire.LOOKUP, 2, "a.raw")));
    assertTrue(UnderWay.of(request(Wire.LOOKUP, 1, "a.raw")).isAboutFile(subject));
  }

  @Test
  void otherRequestsAreAboutTheirNode() {
    assertEquals(7, UnderWay.subject(request(Wire.READ, 7, "")));
    assertTrue(UnderWay.of(request(Wire.READ, 7, "")).isAboutFile(7));
  }
}
