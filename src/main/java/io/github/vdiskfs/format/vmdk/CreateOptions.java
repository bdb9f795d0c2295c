// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What may be said about a new disk, with the words of {@code qemu-img create -o}.
 *
 * @param subformat the kind of disk
 * @param adapterType controller of the machine that it is for
 * @param hardwareVersion of that machine
 * @param toolsVersion of the guest tools
 * @param zeroedGrains grains can be said to be zero
 */
record CreateOptions(
    String subformat,
    String adapterType,
    String hardwareVersion,
    String toolsVersion,
    boolean zeroedGrains) {

  private static final Set<String> KNOWN =
      Set.of("subformat", "adapter_type", "hwversion", "compat6", "toolsversion", "zeroed_grain");

  private static final Set<String> SUBFORMATS =
      Set.of("monolithicSparse", "monolithicFlat", "twoGbMaxExtentSparse", "twoGbMaxExtentFlat");

  private static final Set<String> ADAPTERS = Set.of("ide", "buslogic", "lsilogic", "legacyESX");

  private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");

  static CreateOptions of(Storage target, Map<String, String> options) throws ImageException {
    for (String option : options.keySet()) {
      if (!KNOWN.contains(option)) {
        throw ImageException.unsupported(target, "option '" + option + "' of a new VMDK disk");
      }
    }
    String subformat = options.getOrDefault("subformat", "monolithicSparse");
    check(target, "subformat", subformat, SUBFORMATS.contains(subformat));
    String adapter = options.getOrDefault("adapter_type", "ide");
    check(target, "adapter_type", adapter, ADAPTERS.contains(adapter));
    String version =
        options.getOrDefault("hwversion", isOn(target, options, "compat6") ? "6" : "4");
    check(target, "hwversion", version, NUMBER.matcher(version).matches());
    String tools = options.getOrDefault("toolsversion", "2147483647");
    check(target, "toolsversion", tools, NUMBER.matcher(tools).matches());
    return new CreateOptions(
        subformat, adapter, version, tools, isOn(target, options, "zeroed_grain"));
  }

  private static void check(Storage target, String option, String value, boolean known)
      throws ImageException {
    if (!known) {
      throw ImageException.unsupported(
          target, option + "=" + DescriptorParser.printable(value) + " of a new VMDK disk");
    }
  }

  private static boolean isOn(Storage target, Map<String, String> options, String option)
      throws ImageException {
    String value = options.getOrDefault(option, "off");
    check(target, option, value, value.equals("on") || value.equals("off"));
    return value.equals("on");
  }

  boolean isFlat() {
    return subformat.endsWith("Flat");
  }

  /** True where the disk is cut into extents of 2 GiB. */
  boolean isSplit() {
    return subformat.startsWith("twoGb");
  }
}
