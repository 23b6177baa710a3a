def double(x):  # [bold red]x[/] <script>alert(1)</script>
    return (2 * x  # ::error::owned ##[error]owned ``` @everyone ]]>
