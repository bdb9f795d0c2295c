// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import io.github.vdiskfs.storage.FileDeniedException;
import io.github.vdiskfs.storage.Storage;
import io.github.vdiskfs.storage.StorageOpener;
import java.io.IOException;
import java.util.List;

/** For images that only their content calls an image: a guest may have written it. */
final class RefusingOpener implements StorageOpener {
  @Override
  public Storage open(String name) throws IOException {
    throw new FileDeniedException(
        name,
        "the image was recognised by its content alone and may not name other files;"
            + " give it its format's extension, or use -o probe=trust");
  }

  @Override
  public List<String> siblings(String suffix) {
    return List.of();
  }
}
