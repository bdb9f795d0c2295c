// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The pages of all mapping tables of a mount, under one budget of bytes. It holds clean copies of
 * what is on the host and nothing else.
 */
public final class TableCache {
  /** Heap that a page takes beyond its bytes: key, node and objects, rounded up. */
  private static final int OVERHEAD_BYTES = 200;

  /**
   * One page of one table; a storage is itself by identity. The shape of the table belongs to it: a
   * damaged image can have two different tables at one offset.
   */
  record Key(Storage storage, long tableOffset, long entries, int entryBytes, long page) {}

  /** Reads a page that is not cached. */
  interface Loader {
    TablePage load() throws IOException;
  }

  private final Cache<Key, TablePage> pages;

  /**
   * @param budgetBytes the most that all pages together may weigh
   */
  public TableCache(long budgetBytes) {
    pages =
        Caffeine.newBuilder()
            .maximumWeight(budgetBytes)
            .weigher((Key key, TablePage page) -> page.sizeBytes() + OVERHEAD_BYTES)
            .executor(Runnable::run)
            .build();
  }

  /**
   * The page, read where it is not cached. Two threads that miss together both read it: cheaper
   * than to have one wait for the other's I/O under the cache's lock.
   */
  TablePage page(Key key, Loader loader) throws IOException {
    @Nullable TablePage cached = pages.getIfPresent(key);
    if (cached != null) {
      return cached;
    }
    TablePage loaded = loader.load();
    pages.put(key, loaded);
    return loaded;
  }
}
