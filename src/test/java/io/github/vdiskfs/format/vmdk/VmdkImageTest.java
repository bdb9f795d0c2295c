// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.image.ImageInfo;
import io.github.vdiskfs.image.TestImages;
import io.github.vdiskfs.storage.MemoryStorage;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VmdkImageTest {
  private static final long NO_PARENT = 0xFFFFFFFFL;

  private static ImageInfo info(String name) throws IOException {
    try (Image image = Samples.open(Samples.bytes(name), TestImages.context("vmdk"))) {
      return image.info();
    }
  }

  @Test
  void detailsOfAStreamAreThoseOfQemu() throws IOException {
    Map<String, Object> extent =
        Map.of(
            "compressed",
            true,
            "virtual-size",
            197L * 512,
            "filename",
            "x.vmdk",
            "cluster-size",
            8192L,
            "format",
            "");
    assertEquals(
        Map.of(
            "cid",
            0x12345678L,
            "parent-cid",
            NO_PARENT,
            "create-type",
            "streamOptimized",
            "extents",
            List.of(extent)),
        info("stream.vmdk").details());
  }

  @Test
  void detailsOfAMixtureNameTypesAndFiles() throws IOException {
    ImageInfo info = info("custom.vmdk");
    assertEquals("custom", info.details().get("create-type"));
    List<?> extents = (List<?>) info.details().get("extents");
    assertEquals(
        Map.of("virtual-size", 5L * 512, "filename", "", "format", "ZERO"), extents.get(0));
    assertEquals(
        Map.of("virtual-size", 10L * 512, "filename", "flat-f001.vmdk", "format", "FLAT"),
        extents.get(1));
    assertEquals(
        Map.of(
            "virtual-size",
            128L * 512,
            "filename",
            "split-s001.vmdk",
            "cluster-size",
            4096L,
            "format",
            "SPARSE"),
        extents.get(2));
    assertEquals(0, info.unitSize(), "grains and none");
    assertEquals(
        List.of("flat-f001.vmdk", "split-s001.vmdk", "flat-f002.vmdk"),
        info.files().stream().map(Storage::name).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "sparse.vmdk, 4096, monolithicSparse",
    "split.vmdk, 4096, twoGbMaxExtentSparse",
    "esx.vmdk, 512, vmfsSparse",
    "flat.vmdk, 0, twoGbMaxExtentFlat",
  })
  void unitAndTypeAreThoseOfQemu(String name, long unit, String type) throws IOException {
    ImageInfo info = info(name);
    assertEquals(unit, info.unitSize());
    assertEquals(type, info.details().get("create-type"));
    assertFalse(info.dirty());
  }

  @ParameterizedTest
  @CsvSource({"12345678, 0", "12345679, 1"})
  void aParentThatWasChangedIsOneWarning(String parentCid, int warnings) throws IOException {
    byte[] delta = delta(parentCid, "sparse.vmdk");
    List<String> logged =
        Samples.warnings(
            ParentCheck.class,
            () -> {
              Image image = Samples.open(delta, TestImages.context("vmdk"));
              assertEquals(new BackingReference("sparse.vmdk", "vmdk"), image.info().backing());
              return image;
            });
    assertEquals(warnings, logged.size(), logged.toString());
    assertTrue(warnings == 0 || logged.get(0).contains("is 12345679, but the CID of sparse.vmdk"));
  }

  private static byte[] delta(String parentCid, String parent) {
    String text =
        """
        # Disk DescriptorFile
        version=1
        CID=5
        parentCID=%s
        parentFileNameHint="%s"
        createType="custom"
        RW 450 ZERO
        """;
    return Samples.text(text.formatted(parentCid, parent));
  }

  @ParameterizedTest
  @CsvSource({
    "'C:\\VMs\\old\\gone.vmdk', gone.vmdk",
    "'\\\\server\\share\\gone.vmdk', gone.vmdk",
    "'..\\old\\gone.vmdk', ../old/gone.vmdk",
    "'odd\\name.vmdk', 'odd\\name.vmdk'",
  })
  void aParentOnWindowsIsLookedForHere(String hint, String name) throws IOException {
    try (Image image = Samples.open(delta("6", hint), Map.of())) {
      assertEquals(new BackingReference(name, "vmdk"), image.info().backing());
    }
  }

  @Test
  void aParentThatIsNoDiskIsCalledSo() {
    MemoryStorage raw = new MemoryStorage("big.raw", new byte[2 << 20]);
    Samples.refused(
        ImageException.Kind.NOT_AN_IMAGE,
        "no signature of a VMDK",
        () -> new VmdkFormat().open(raw, TestImages.context(Map.of())));
  }

  @Test
  void aMissingParentIsLeftToWhoBuildsTheChain() throws IOException {
    byte[] delta = delta("6", "gone.vmdk");
    try (Image image = Samples.open(delta, Map.of())) {
      assertEquals(new BackingReference("gone.vmdk", "vmdk"), image.info().backing());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sparse.vmdk", "zeroed.vmdk", "stream.vmdk", "custom.vmdk", "esx.vmdk"})
  void damageAnywhereIsAnImageExceptionOrHarmless(String name) throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] sound = Samples.bytes(name);
    ImageFormat.Context context = TestImages.context("vmdk");
    for (int i = 0; i < 400; i++) {
      byte[] bytes = sound.clone();
      for (int n = random.nextInt(4); n >= 0; n--) {
        bytes[random.nextInt(Math.min(bytes.length, 8192))] = (byte) random.nextInt();
      }
      try (Image image = Samples.open(bytes, context)) {
        walk(image);
      } catch (ImageException e) {
        assertFalse(e.getMessage().isBlank());
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + i, e);
      }
    }
  }

  /** Maps and decodes up to a number of extents; steps over what is damaged. */
  private static void walk(Image image) throws IOException {
    long at = 0;
    for (int i = 0; i < 1000 && at < image.size(); i++) {
      try {
        Extent extent = image.map(at, image.size() - at);
        assertTrue(extent.length() > 0 && extent.length() <= image.size() - at, extent::toString);
        at += extent.length();
        if (extent.kind() == Extent.Kind.COMPRESSED) {
          image.decode(extent);
        }
      } catch (ImageException e) {
        at += 512;
      }
    }
  }
}
