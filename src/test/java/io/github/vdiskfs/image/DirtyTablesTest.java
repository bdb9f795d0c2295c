// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.DirtyTables.Stage;
import io.github.vdiskfs.storage.FilterStorage;
import io.github.vdiskfs.storage.MemoryStorage;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DirtyTablesTest {
  private final MemoryStorage host = new MemoryStorage("host", new byte[512]);
  private final DirtyTables tables = new DirtyTables();

  /** Runs out of memory at its first write. */
  private static final class OutOfMemory extends FilterStorage {
    private boolean happened;

    OutOfMemory(Storage storage) {
      super(storage);
    }

    @Override
    public void write(ByteBuffer source, long offset) throws IOException {
      if (!happened) {
        happened = true;
        throw new OutOfMemoryError("as the test wants it");
      }
      super.write(source, offset);
    }
  }

  @BeforeEach
  void allowWriting() throws IOException {
    host.allowWriting();
  }

  @Test
  void aFlushThatWasCutShortIsNeverFollowedByOneThatSucceeds() throws IOException {
    Storage failing = new OutOfMemory(host);
    tables.patch(Stage.ROOT, failing, 0, new byte[] {1});
    assertThrows(OutOfMemoryError.class, () -> tables.flush(List.of(failing)));
    assertThrows(ImageException.class, () -> tables.flush(List.of(failing)));
    assertArrayEquals(new byte[512], host.content());
  }

  @Test
  void whatWaitsForAFlushCountsAsMemory() throws IOException {
    int[] done = new int[1];
    tables.whenDurable(1000, () -> done[0]++);
    assertTrue(tables.dirtyBytes() >= 1000 * Long.BYTES, () -> "" + tables.dirtyBytes());
    tables.flush(List.of(host));
    assertEquals(1, done[0]);
    assertEquals(0, tables.dirtyBytes());
  }
}
