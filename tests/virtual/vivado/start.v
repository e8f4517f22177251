// Counts samples; the ports are those of the shipped module.
module sample_start #(
    parameter integer BITS = 64, // stream width
    parameter BEATS = 8'h01
) (
    (* X_INTERFACE_INFO = "xilinx.com:signal:clock:1.0 aclk CLK" *)
    (* X_INTERFACE_PARAMETER = "ASSOCIATED_BUSIF s_axis:m_axis, ASSOCIATED_RESET aresetn" *)
    input wire aclk,
    input wire aresetn,
    input wire [BITS-1:0] s_axis_tdata,
    input wire [BITS/8-1:0] s_axis_tkeep,
    input wire s_axis_tlast, s_axis_tvalid,
    output wire s_axis_tready,
    output wire [BITS-1:0] m_axis_tdata,
    output wire [BITS/8-1:0] m_axis_tkeep,
    output wire m_axis_tlast,
    output wire m_axis_tvalid,
    input wire m_axis_tready,
    output wire ap_start,
    input wire ap_ready
);
endmodule
