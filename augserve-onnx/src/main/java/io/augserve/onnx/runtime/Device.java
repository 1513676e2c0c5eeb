package io.augserve.onnx.runtime;

/**
 * Where tensors live and operators run.
 *
 * @param name ONNX Runtime's name of the memory: {@code "Cpu"} or {@code "Cuda"}
 * @param id the ordinal among the devices of that name, from 0
 */
public record Device(String name, int id) {
    public static final Device CPU = new Device("Cpu", 0);

    public Device {
        if (!name.equals("Cpu") && !name.equals("Cuda")) {
            throw new IllegalArgumentException("a device is named \"Cpu\" or \"Cuda\", got \"" + name + "\"");
        }
        if (id < 0 || (name.equals("Cpu") && id != 0)) {
            throw new IllegalArgumentException("there is no device " + name + " " + id);
        }
    }

    /** The CUDA device with this ordinal. */
    public static Device cuda(int id) {
        return new Device("Cuda", id);
    }

    public boolean isCpu() {
        return name.equals("Cpu");
    }
}
