// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.Extent.Kind;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.image.ImageInfo;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.image.TestImages;
import io.github.vdiskfs.storage.FileDeniedException;
import io.github.vdiskfs.storage.MemoryStorage;
import io.github.vdiskfs.storage.Storage;
import io.github.vdiskfs.storage.StorageOpener;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Qcow2InfoTest {
  private static Image open(String sample) throws IOException {
    return new Qcow2Format().open(TestImages.storage(sample), TestImages.context("qcow2"));
  }

  private static ImageInfo info(String sample) throws IOException {
    try (Image image = open(sample)) {
      return image.info();
    }
  }

  /** The details as qemu-img info gave them for the samples, in its order. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "v2 | {compat=0.10, compression-type=zlib, refcount-bits=16}",
        "v3 | {compat=1.1, compression-type=zlib, lazy-refcounts=true, refcount-bits=1,"
            + " corrupt=false, extended-l2=false}",
        "zstd | {compat=1.1, compression-type=zstd, lazy-refcounts=false, refcount-bits=16,"
            + " corrupt=false, extended-l2=false}",
        "subclusters | {compat=1.1, compression-type=zlib, lazy-refcounts=false,"
            + " refcount-bits=16, corrupt=false, extended-l2=true}",
        "raw-data-file | {compat=1.1, compression-type=zlib, lazy-refcounts=false,"
            + " refcount-bits=16, data-file=raw-data-file.dat, data-file-raw=true,"
            + " corrupt=false, extended-l2=false}",
        "bitmaps | {compat=1.1, compression-type=zlib, lazy-refcounts=false,"
            + " bitmaps=[{flags=[auto], name=daily, granularity=4096},"
            + " {flags=[], name=weekly, granularity=4096}],"
            + " refcount-bits=16, corrupt=false, extended-l2=false}",
      })
  void detailsAreThoseOfQemu(String sample, String details) throws IOException {
    assertEquals(details, info("qcow2/" + sample + ".qcow2").details().toString());
  }

  @Test
  void theBackingFileComesWithItsFormat() throws IOException {
    ImageInfo info = info("qcow2/overlay.qcow2");
    assertEquals(new BackingReference("base.raw", "raw"), info.backing());
    assertEquals(4096, info.unitSize());
  }

  @Test
  void dirtyAndCorruptImagesAreServedAndSaySo() throws IOException {
    try (Image image = ImageBuilder.v3().u64(72, 3).open()) {
      assertTrue(image.info().dirty());
      assertEquals(true, image.info().details().get("corrupt"));
      assertEquals(16 << 20, Guest.read(image).length);
    }
  }

  @Test
  void holesOfARawExternalDataFileCount() throws IOException {
    try (Image raw = open("qcow2/raw-data-file.qcow2");
        Image other = open("qcow2/data-file.qcow2")) {
      assertEquals(Kind.FLAT, raw.map(0, 1).kind());
      assertEquals(Kind.DATA, other.map(0, 1).kind());
    }
  }

  @Test
  void theExternalDataFileIsClosedWithTheImage() throws IOException {
    Image image = open("qcow2/data-file.qcow2");
    MemoryStorage dataFile = (MemoryStorage) image.info().files().get(0);
    assertEquals("data-file.dat", dataFile.name());
    image.close();
    assertTrue(dataFile.isClosed());
  }

  @Test
  void aMissingDataFileIsNamed() {
    ImageException e =
        assertThrows(
            ImageException.class,
            () ->
                new Qcow2Format()
                    .open(
                        TestImages.storage("qcow2/data-file.qcow2"), TestImages.context(Map.of())));
    assertEquals(ImageException.Kind.INCOMPLETE, e.kind());
    assertTrue(e.getMessage().contains("external data file 'data-file.dat': "), e.getMessage());
  }

  @Test
  void aRefusedDataFileIsNamedWithTheReason() {
    StorageOpener refusing =
        new StorageOpener() {
          @Override
          public Storage open(String name) throws IOException {
            throw new FileDeniedException(name, "not here");
          }

          @Override
          public List<String> siblings(String suffix) {
            return List.of();
          }
        };
    ImageFormat.Context context = new ImageFormat.Context(refusing, new TableCache(1 << 20));
    ImageException e =
        assertThrows(
            ImageException.class,
            () -> new Qcow2Format().open(TestImages.storage("qcow2/data-file.qcow2"), context));
    assertEquals(ImageException.Kind.DENIED, e.kind());
    assertEquals("data-file.qcow2: external data file 'data-file.dat': not here", e.getMessage());
  }
}
