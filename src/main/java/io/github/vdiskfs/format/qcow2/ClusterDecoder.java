// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.Inflate;
import io.github.vdiskfs.image.UnitArrays;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;

/**
 * Unpacks compressed clusters. A cluster has to fill its {@code clusterBytes} exactly; bytes behind
 * its stream, up to the end of the sector, belong to the next one.
 */
record ClusterDecoder(int clusterBytes, int compressionType) {
  byte[] decode(Extent extent) throws IOException {
    Storage storage = extent.requireStorage();
    int length = extent.hostLength();
    byte[] packed = UnitArrays.scratch(length);
    storage.read(ByteBuffer.wrap(packed, 0, length), extent.hostOffset());
    try {
      return compressionType == Qcow2Header.ZSTD
          ? ZstdFrames.unit(packed, length, clusterBytes)
          : Inflate.unit(packed, length, clusterBytes, true, false);
    } catch (DataFormatException e) {
      throw ImageException.corrupt(
          storage, extent.hostOffset(), "compressed cluster is damaged: " + e.getMessage());
    } catch (LinkageError e) {
      throw ImageException.unsupported(
          storage, "zstd, whose native library cannot be loaded here: " + e.getMessage());
    }
  }
}
